// What an idle swarm costs: twelve idle workers, a supervisor and a TUI that somebody looks at, for twenty seconds.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawn } from 'node-pty';
import { readLock } from '../src/disk/lock.ts';
import { findTagged } from '../src/disk/process.ts';
import { aloneRow, gate, progress, type Row } from './pairs.ts';
import { gitEnv, makeRepository, oompa, run } from './program.ts';
import { main } from './table.ts';

const workers = 12;

async function bench({ quick }: { quick: boolean }): Promise<Row[]> {
  const seconds = quick ? 8 : 20;
  const root = makeRepository(30);
  const config = { workers: [{ model: 'command:/bin/true', count: workers, can_plan: false }], panes: 'tmux' };
  writeFileSync(join(root, 'oompa.json'), JSON.stringify(config));
  gate(
    (await run([...oompa, 'run', '--detach'], { cwd: root, env: gitEnv, stdio: 'ignore' })) === 0,
    'no swarm started',
  );
  const [program = '', ...args] = [...oompa, 'tui', '--watch'];
  let bytes = 0;
  let tui: ReturnType<typeof spawn> | null = null;
  try {
    const swarm = readFileSync(join(root, '.oompa', 'current'), 'utf8').trim();
    await untilTrue(() => idleWorkers(root, swarm) === workers, 'twelve workers that wait for turns');
    tui = spawn(program, args, { cols: 200, rows: 50, cwd: root, env: { ...gitEnv, TERM: 'xterm-256color' } });
    tui.onData((chunk) => {
      bytes += chunk.length;
    });
    await untilTrue(() => bytes > 5_000, 'the first frames');
    // Ages read differently each second for a minute; what is idle is told in minutes after that.
    await untilTrue(() => ageOfYoungest(root, swarm) > (quick ? 0 : 63_000), 'ages that are told in minutes', 90_000);
    const supervisor = readLock(join(root, '.oompa', 'lock'))?.pid ?? 0;
    const pids = [tui.pid, supervisor];
    const cpu = pids.map(cpuMs);
    const [bytesBefore, from] = [bytes, performance.now()];
    await sleep(seconds * 1_000);
    const spanMs = performance.now() - from;
    const shares = pids.map((pid, at) => (100 * (cpuMs(pid) - (cpu[at] ?? 0))) / spanMs);
    const rss = pids.map(rssMb);
    const runners = findTagged('OOMPA_SWARM', swarm)
      .filter(({ pid }) => !/^(?:sh|tmux)/.test(comm(pid)) && !pids.includes(pid))
      .map(({ pid }) => rssMb(pid));
    const each = (figures: number[], digits: number) => figures.map((figure) => figure.toFixed(digits)).join(' + ');
    const sum = (figures: number[]) => figures.reduce((total, figure) => total + figure, 0);
    const where = `TUI + supervisor, ${workers} idle workers in tmux, ${seconds} s, from /proc`;
    return [
      aloneRow([sum(shares)], {
        name: 'idle: CPU',
        unit: '% of a core',
        goal: '< 0.5 %',
        meets: (figure) => figure < 0.5,
        note: `${each(shares, 2)}; ${where} (ticks of 10 ms)`,
      }),
      aloneRow([sum(rss)], {
        name: 'idle: memory',
        unit: 'MB RSS',
        goal: '< 160 MB',
        meets: (figure) => figure < 160,
        note: `${each(rss, 0)}; shared pages counted in both; besides, each runner has ${(sum(runners) / runners.length).toFixed(0)} MB`,
      }),
      aloneRow([bytes - bytesBefore], {
        name: 'idle: output of the TUI',
        unit: 'bytes',
        goal: '0',
        meets: (figure) => figure === 0,
        note: quick ? 'ages still told in seconds, which change each second' : 'ages older than a minute',
      }),
    ];
  } finally {
    tui?.kill('SIGTERM');
    await run([...oompa, 'stop'], { cwd: root, env: gitEnv, stdio: 'ignore' });
  }
}

function idleWorkers(root: string, swarm: string): number {
  const journal = readFileSync(join(root, 'runs', swarm, 'journal.jsonl'), 'utf8');
  return journal.split('"type":"pane.opened"').length - 1;
}

/** Ms since the last line of the journal. */
function ageOfYoungest(root: string, swarm: string): number {
  const lines = readFileSync(join(root, 'runs', swarm, 'journal.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');
  return Date.now() - Date.parse((JSON.parse(lines.at(-1) ?? '{}') as { at: string }).at);
}

async function untilTrue(isTrue: () => boolean, what: string, withinMs = 60_000): Promise<void> {
  for (const end = performance.now() + withinMs; !isTrue(); await sleep(100))
    gate(performance.now() < end, `never came: ${what}`);
  progress('.');
}

/** User and system time of a process; the clock ticks 100 times a second. */
function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function rssMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

function comm(pid: number): string {
  return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
}

await main(bench);
