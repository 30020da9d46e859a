// Claims by eight processes at once, each exactly once, against raw renames of as many files by as many processes.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gate, inTurn, pairedRow, type Row, type Spread, spreadOf } from './pairs.ts';
import { tempFolder } from './program.ts';
import { main } from './table.ts';

const processes = 8;

async function bench({ quick }: { quick: boolean }): Promise<Row[]> {
  const pairs = quick ? 3 : 9;
  const few = await inTurn(
    () => race('board', 1_000),
    () => race('rename', 1_000),
    { pairs },
  );
  const many = await inTurn(
    () => race('board', 5_000),
    () => race('rename', 5_000),
    { pairs: quick ? 1 : 9, warmups: 0 },
  );
  const flat = rate(many.ours) / rate(few.ours);
  const words = { unit: 'claims/s', goal: '>= 0.5', meets: (ratio: number) => ratio >= 0.5 };
  return [
    pairedRow(few, {
      ...words,
      name: 'claims by 8 processes, 1,000 tasks',
      note: '0 double, 0 lost; `mv`-like rename against `Board.claim` (link + unlink, never overwrites), both without fsync: the journal redoes a claim',
    }),
    pairedRow(many, {
      ...words,
      name: 'claims by 8 processes, 5,000 tasks',
      note: `flat: **${flat.toFixed(2)}** of the rate at 1,000 (goal >= 0.9); 0 double, 0 lost`,
    }),
  ];
}

function rate(figures: readonly number[]): Spread['median'] {
  return spreadOf(figures).median;
}

/** Claims a second of all eight together, from the moment that the gate opens until the last one is done. */
async function race(how: 'board' | 'rename', tasks: number): Promise<number> {
  const folder = join(tempFolder(), 'tasks');
  for (const column of ['pending', 'current', 'complete']) mkdirSync(join(folder, column), { recursive: true });
  const ids = Array.from({ length: tasks }, (_, at) => `t${String(at).padStart(5, '0')}`);
  for (const id of ids) writeFileSync(join(folder, 'pending', `${id}.json`), JSON.stringify({ id, summary: id }));
  const gateFile = join(folder, 'go');
  const runners = Array.from({ length: processes }, (_, nth) => {
    // Each begins at a place of its own, so that losing is seldom and winning is what is measured.
    const from = Math.floor((tasks / processes) * nth);
    return start(how, folder, gateFile, [...ids.slice(from), ...ids.slice(0, from)]);
  });
  await Promise.all(runners.map(({ ready }) => ready));
  writeFileSync(gateFile, '');
  const results = await Promise.all(runners.map(({ result }) => result));
  const won = results.flatMap((each) => each.won);
  gate(new Set(won).size === won.length, `${won.length - new Set(won).size} tasks were claimed twice`);
  gate(won.length === tasks, `${tasks - won.length} of ${tasks} tasks were claimed by nobody`);
  gate(readdirSync(join(folder, 'current')).length === tasks, 'not every claimed file lies in current');
  const from = Math.min(...results.map((each) => each.from));
  const to = Math.max(...results.map((each) => each.to));
  return (tasks / (to - from)) * 1_000;
}

interface Result {
  won: string[];
  /** ms since the epoch, so that processes can be compared. */
  from: number;
  to: number;
}

function start(how: string, folder: string, gateFile: string, ids: readonly string[]) {
  const program = join(import.meta.dirname, 'claims-process.ts');
  const child = spawn(process.execPath, [program, how, folder, gateFile], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(ids.join('\n'));
  let text = '';
  const ready = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => {
      text += chunk;
      if (text.includes('ready\n')) resolve();
    });
  });
  const result = new Promise<Result>((resolve, reject) => {
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(text.split('\n')[1] ?? '') as Result);
      else reject(new Error(`a claiming process ended with ${code}`));
    });
  });
  return { ready, result };
}

await main(bench);
