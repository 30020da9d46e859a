// A runner, a pane, and the whole tmux server killed while agents are at work: the swarm recovers, and a stop leaves nothing.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { violationsOf } from '../helpers/checker.ts';
import { makeReal, type Real } from '../helpers/real.ts';
import { until } from '../panes/until.ts';

/** Both workers are in the middle of a turn. */
async function atWork(): Promise<Real & { goOn: () => void; ended: Promise<{ how: unknown; text: string }> }> {
  const real = makeReal();
  const goOn = real.hold();
  const { ended } = real.start(['supervise', '--approval', 'auto']);
  await until(
    () => real.isAtWork('w0') && real.isAtWork('w1'),
    60_000,
    () => real.state(),
  );
  return { ...real, goOn, ended };
}

async function finishes(real: Awaited<ReturnType<typeof atWork>>): Promise<void> {
  real.goOn();
  await until(
    () => real.tasks.every((id) => real.state().tasks[id]?.status === 'merged'),
    90_000,
    () => real.state(),
  );
  const stop = await real.start(['stop']).ended;
  expect(stop).toEqual({ how: 0, text: 'stopped\n' });
  await real.ended;
  expect(violationsOf({ root: real.root, swarm: real.swarm(), tasks: real.tasks })).toEqual([]);
  expect(real.leftovers()).toEqual([]);
}

const exits = (real: Real) =>
  real
    .lines()
    .flatMap(({ event }) =>
      event.type === 'pane.exited' ? [`${event.worker} ${event.signal ?? event.code ?? 'gone'}`] : [],
    );

test('a runner', { timeout: 150_000 }, async () => {
  const real = await atWork();
  const { pid } = JSON.parse(readFileSync(join(real.root, '.oompa/workers/w0/status.json'), 'utf8'));
  process.kill(pid, 'SIGKILL');
  await until(() => exits(real).length > 0, 60_000);
  expect(exits(real)).toEqual(['w0 SIGKILL']);
  await finishes(real);
  const attempts = real
    .lines()
    .flatMap(({ event }) => (event.type === 'turn.ended' && event.worker === 'w0' ? [event.attempt] : []));
  expect(Math.max(...attempts)).toBe(2);
});

test('a pane', { timeout: 150_000 }, async () => {
  const real = await atWork();
  const [pane] = real
    .tmux('list-panes', '-a', '-F', '#{pane_id} #{@oompa_worker}')
    .split('\n')
    .filter((row) => row.endsWith('w1'));
  real.tmux('kill-pane', '-t', pane?.split(' ')[0] ?? '');
  await until(() => exits(real).length > 0, 60_000);
  expect(exits(real)).toEqual(['w1 gone']);
  await finishes(real);
});

test('the tmux server', { timeout: 150_000 }, async () => {
  const real = await atWork();
  process.kill(Number(real.tmux('display-message', '-p', '#{pid}')), 'SIGKILL');
  await until(() => exits(real).length > 1, 60_000);
  expect(
    exits(real)
      .map((each) => each.split(' ')[0])
      .sort(),
  ).toEqual(['w0', 'w1']);
  await finishes(real);
});

test('supervisor, tmux server and all at once: stop alone takes down what is left', { timeout: 150_000 }, async () => {
  const real = await atWork();
  process.kill(Number(real.tmux('display-message', '-p', '#{pid}')), 'SIGKILL');
  process.kill(real.state().swarm?.pid ?? 0, 'SIGKILL');
  expect((await real.ended).how).toBe('SIGKILL');
  expect(await real.start(['stop']).ended).toEqual({ how: 0, text: 'stopped\n' });
  expect(violationsOf({ root: real.root, swarm: real.swarm(), tasks: real.tasks, finished: false })).toEqual([]);
  expect(Object.values(real.state().tasks).map((task) => task.status)).toEqual(['pending', 'pending']);
  expect(real.leftovers()).toEqual([]);
});
