import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished, vi } from 'vitest';
import { freshTasks } from './folder.ts';

const ids = (count: number) => Array.from({ length: count }, (_, n) => `t${n}`);

const boardOf = (count: number) => {
  const file = (id: string, n: number) =>
    n % 2 ? [`pending/${id}.edn`, `{:id "${id}"}`] : [`pending/${id}.json`, `{"id":"${id}"}`];
  return freshTasks(Object.fromEntries(ids(count).map(file)));
};

/** Starts processes, opens the gate when all are ready, and gives what each printed last. */
const race = async (gate: string, racers: { program: string; args: string[]; input: string }[]): Promise<string[]> => {
  const running = racers.map(({ program, args, input }) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    child.stdin.end(input);
    const said = text(child.stdout);
    return { ready: once(child.stdout, 'readable'), said, ended: once(child, 'close') };
  });
  await Promise.all(running.map(({ ready }) => ready));
  writeFileSync(gate, '');
  for (const { ended } of running) expect((await ended)[0]).toBe(0);
  return Promise.all(running.map(async ({ said }) => (await said).trim().split('\n').at(-1) ?? ''));
};

const claimer = (folder: string, gate: string, order: string[]) => ({
  program: process.execPath,
  args: [join(import.meta.dirname, 'claim-all.ts'), folder, gate],
  input: order.join('\n'),
});

const wonBy = (said: string): string[] => JSON.parse(said).won;
const idsIn = (folder: string) => readdirSync(folder).map((file) => file.replace(/\..*/, ''));

it('8 processes claim 1,000 tasks: each exactly once, none lost', { timeout: 120_000 }, async () => {
  const all = ids(1_000);
  const folder = boardOf(all.length);
  const gate = join(folder, '..', 'gate');
  const orders = Array.from({ length: 8 }, (_, n) => (n % 2 ? all : all.toReversed()));
  const won = (
    await race(
      gate,
      orders.map((order) => claimer(folder, gate, order)),
    )
  ).flatMap(wonBy);
  expect(won).toHaveLength(all.length);
  expect(won.toSorted()).toEqual(all.toSorted());
  expect(readdirSync(join(folder, 'pending'))).toEqual([]);
  expect(idsIn(join(folder, 'current')).toSorted()).toEqual(all.toSorted());
});

it('the same while agents move tasks into their own views with mv', { timeout: 120_000 }, async () => {
  const all = ids(600);
  const folder = boardOf(all.length);
  const gate = join(folder, '..', 'gate');
  const views = ['v0', 'v1'].map((name) => join(folder, '..', name));
  for (const view of views) mkdirSync(view);
  const script = `echo ready; while [ ! -e "$2" ]; do sleep 0.01; done; for f in "$1"/pending/*; do mv "$f" "$3"/ 2>/dev/null; done; exit 0`;
  const agents = views.map((view) => ({ program: 'sh', args: ['-c', script, 'sh', folder, gate, view], input: '' }));
  const claimers = [all, all.toReversed(), all, all.toReversed()].map((order) => claimer(folder, gate, order));
  const said = await race(gate, [...agents, ...claimers]);
  const won = said.slice(agents.length).flatMap(wonBy);
  const moved = views.flatMap(idsIn);
  expect(idsIn(join(folder, 'current')).toSorted()).toEqual(won.toSorted());
  expect([...won, ...moved].toSorted()).toEqual(all.toSorted());
  expect(readdirSync(join(folder, 'pending'))).toEqual([]);
});

it('scans beside claims never report a task twice, or one that is not there', { timeout: 120_000 }, async () => {
  const { createBoard } = await import('../../src/tasks/board.ts');
  const all = ids(300);
  const folder = boardOf(all.length);
  const gate = join(folder, '..', 'gate');
  const racing = race(gate, [claimer(folder, gate, all), claimer(folder, gate, all.toReversed())]);
  const board = createBoard(folder);
  let looks = 0;
  await vi.waitFor(
    async () => {
      const { tasks, unreadable } = await board.scan();
      looks += 1;
      expect(unreadable).toEqual([]);
      expect(new Set(tasks.map(({ id }) => id)).size).toBe(tasks.length);
      expect(tasks).toHaveLength(all.length);
      expect(tasks.every(({ column }) => column === 'current')).toBe(true);
    },
    { timeout: 100_000, interval: 1 },
  );
  expect(looks).toBeGreaterThan(1);
  expect((await racing).flatMap(wonBy)).toHaveLength(all.length);
});
