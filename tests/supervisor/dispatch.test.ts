// The door into the state: order, batches, and what a failed append means.
import { expect, test } from 'vitest';
import { Config } from '../../src/core/config.ts';
import type { Event, JournalLine } from '../../src/core/event.ts';
import { emptyState } from '../../src/core/state.ts';
import { createHandClock } from '../../src/supervisor/clock.ts';
import { createDispatcher } from '../../src/supervisor/dispatch.ts';

const started: Event = {
  type: 'swarm.started',
  format: 1,
  swarm: 'abcd1234',
  root: '/r',
  base: { branch: 'main', sha: 'a'.repeat(40) },
  config: Config.parse({ workers: [{ model: 'command:a', count: 2 }] }),
  providers: {},
  configFile: null,
};

function open(append: (lines: readonly JournalLine[]) => Promise<void>) {
  const acts: string[] = [];
  const defects: unknown[] = [];
  const dispatcher = createDispatcher({
    state: emptyState,
    journal: { append },
    clock: createHandClock(),
    act: (id, effect) => acts.push(`${id} ${effect.type}`),
    onDefect: (error) => defects.push(error),
  });
  return { ...dispatcher, acts, defects };
}

test('an event sent by whoever was woken by the one before is judged at once', async () => {
  const { dispatch, state } = open(async () => {});
  await dispatch(started);
  // Without anything else happening: a chain of awaits must not need a later event to push it on.
  for (let n = 0; n < 50; n += 1) await dispatch({ type: 'base.moved', sha: n.toString(16).padStart(40, '0') });
  expect(state().swarm?.base.sha).toBe((49).toString(16).padStart(40, '0'));
});

test('nothing is acted on before it is written down, and what arrives together shares one append', async () => {
  const batches: number[] = [];
  let write: () => void = () => {};
  const { dispatch, acts } = open((lines) => {
    batches.push(lines.length);
    return new Promise((resolve) => {
      write = resolve;
    });
  });
  const both = Promise.all([dispatch(started), dispatch({ type: 'base.moved', sha: 'b'.repeat(40) })]);
  await expect.poll(() => batches).toEqual([2]);
  expect(acts).toEqual([]);
  write();
  await both;
  expect(acts).toEqual(['0.0 worktree.prepare', '0.1 worktree.prepare']);
});

test('an event that changes nothing is not written down', async () => {
  const lines: JournalLine[] = [];
  const { dispatch } = open(async (more) => void lines.push(...more));
  await dispatch(started);
  await dispatch({ type: 'beat' });
  await dispatch({ type: 'base.moved', sha: 'a'.repeat(40) });
  expect(lines).toHaveLength(1);
});

test('a failed append ends everything: no effect, no later event', async () => {
  const { dispatch, acts, defects, state } = open(() => Promise.reject(new Error('no space')));
  await expect(dispatch(started)).rejects.toThrow('no space');
  await expect(dispatch({ type: 'beat' })).rejects.toThrow('no space');
  expect({ acts, defects: defects.length, state: state() }).toEqual({ acts: [], defects: 1, state: emptyState });
});
