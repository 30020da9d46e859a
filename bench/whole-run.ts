// A whole run: tasks claimed, done by an instant agent, committed, merged, all journalled and synced, in real tmux panes, against a
// plain shell loop with as many workers.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gate, inTurn, pairedRow, type Row } from './pairs.ts';
import { checkout, git, gitEnv, makeRepository, oompa, run } from './program.ts';
import { main } from './table.ts';

interface Size {
  files: number;
  tasks: number;
  workers: number;
}

const small: Size = { files: 30, tasks: 40, workers: 4 };
const large: Size = { files: 20_000, tasks: 8, workers: 4 };

export async function bench({ quick }: { quick: boolean }): Promise<Row[]> {
  const only = process.argv.includes('--large') ? 'large' : process.argv.includes('--small') ? 'small' : null;
  const rows: Row[] = [];
  if (only !== 'large') {
    const got = await inTurn(
      () => swarm(small),
      () => loop(small),
      { pairs: quick ? 2 : 9, warmups: quick ? 0 : 1 },
    );
    rows.push(
      pairedRow(got, {
        name: 'whole run: 40 tasks, 4 workers, instant agent',
        unit: 'ms',
        goal: '<= 1.0',
        meets: (ratio) => ratio <= 1,
        note: 'start of `oompa run` to its exit, every pane, journal line and fsync included; 40/40 merged and in the base every time, in both',
      }),
    );
  }
  if (only !== 'small') {
    const got = await inTurn(
      () => swarm(large),
      () => loop(large),
      { pairs: quick ? 1 : 3, warmups: 0 },
    );
    rows.push(
      pairedRow(got, {
        name: 'the same, 20,000 files, 8 tasks',
        unit: 'ms',
        goal: '<= 0.3',
        meets: (ratio) => ratio <= 0.3,
        note: '8/8 every time, in both; few pairs, because one of the baseline takes half a minute',
      }),
    );
  }
  return rows;
}

async function swarm(size: Size): Promise<number> {
  const folder = prepare(size);
  const config = {
    workers: [
      {
        model: `command:/bin/sh ${join(checkout, 'bench', 'whole-run-agent.sh')}`,
        count: size.workers,
        iterations: 1_000,
        can_plan: false,
      },
    ],
    approval: 'auto',
    when_done: 'stop',
    panes: 'tmux',
  };
  writeFileSync(join(folder, 'oompa.json'), JSON.stringify(config));
  const from = performance.now();
  const code = await run([...oompa, 'run', '--until-done'], { cwd: folder, env: gitEnv, stdio: 'ignore' });
  const tookMs = performance.now() - from;
  gate(code === 0, `oompa run ended with ${code} in ${folder}`);
  check(folder, size);
  return tookMs;
}

async function loop(size: Size): Promise<number> {
  const folder = prepare(size);
  const from = performance.now();
  const argv = ['bash', join(checkout, 'bench', 'whole-run-loop.sh'), String(size.workers)];
  const code = await run(argv, { cwd: folder, env: gitEnv, stdio: ['ignore', 'ignore', 'inherit'] });
  const tookMs = performance.now() - from;
  gate(code === 0, `the loop ended with ${code}`);
  check(folder, size);
  return tookMs;
}

function prepare({ files, tasks }: Size): string {
  const folder = makeRepository(files);
  writeFileSync(join(folder, '.git', 'info', 'exclude'), '/tasks/\n/.loop/\n/oompa.json\n');
  const pending = join(folder, 'tasks', 'pending');
  mkdirSync(pending, { recursive: true });
  for (const id of ids(tasks)) {
    writeFileSync(join(pending, `${id}.json`), JSON.stringify({ id, summary: `do ${id}` }));
  }
  return folder;
}

function check(folder: string, { tasks, files }: Size): void {
  const inBase = git(folder, 'ls-tree', '-r', '--name-only', 'main').split('\n').filter(Boolean);
  const done = ids(tasks).filter((id) => inBase.includes(`${id}.txt`));
  gate(done.length === tasks, `${done.length} of ${tasks} files are in the base of ${folder}`);
  gate(inBase.length === files + tasks, `the base has ${inBase.length} files, not ${files + tasks}`);
  const merges = Number(git(folder, 'rev-list', '--count', '--merges', 'main'));
  gate(merges === tasks, `${merges} of ${tasks} merges`);
  gate(git(folder, 'status', '--porcelain') === '', `the checkout of ${folder} is not clean`);
  const complete = readdirSync(join(folder, 'tasks', 'complete')).length;
  gate(complete === tasks, `${complete} of ${tasks} task files are complete`);
}

function ids(tasks: number): string[] {
  return Array.from({ length: tasks }, (_, at) => `task-${String(at).padStart(3, '0')}`);
}

await main(bench);
