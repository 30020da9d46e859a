// Hands that slip: the disk reports an error once, at a step that nobody else would do again.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EffectError } from '../../src/core/errors.ts';
import type { World } from '../../src/supervisor/contract.ts';
import { violationsOf } from '../helpers/checker.ts';
import { makePlace, startSwarm, swarmId } from '../helpers/world.ts';

const eio = () => new EffectError({ code: 'eio', message: 'cannot write: EIO', hint: 'check the disk' });

/** A swarm whose hands `slip` once. */
async function begin(slip: (world: World) => World) {
  const place = await makePlace();
  const swarm = await startSwarm(place, { wrap: (world, journal) => ({ world: slip(world), journal }) });
  return { place, swarm };
}

/** Fails the first call, before or after it did its work. */
function once<A extends unknown[], R>(work: (...args: A) => Promise<R>, when: 'before' | 'after') {
  let slipped = false;
  return async (...args: A): Promise<R> => {
    if (slipped) return work(...args);
    slipped = true;
    if (when === 'after') await work(...args);
    throw eio();
  };
}

test.each(['before', 'after'] as const)(
  'completing a task, told of an error %s it was done, is done in the end',
  async (when) => {
    const { place, swarm } = await begin((world) => ({
      ...world,
      board: { ...world.board, complete: once(world.board.complete, when) },
    }));
    const state = await swarm.until((now) => now.swarm?.status === 'stopped');
    expect(state.notices.map((notice) => notice.text)).toContainEqual(
      expect.stringContaining('tasks.complete: cannot write: EIO'),
    );
    expect(violationsOf({ root: place.root, swarm: swarmId, tasks: ['a', 'b', 'c'] })).toEqual([]);
  },
);

test('a task whose release failed once is done by another worker', async () => {
  let stopping = false;
  const { place, swarm } = await begin((world) => ({
    ...world,
    board: { ...world.board, release: once(world.board.release, 'before') },
  }));
  await swarm.until((now) => {
    if (stopping || !now.workers.w0?.claims.length) return stopping;
    stopping = true;
    void swarm.dispatch({ type: 'worker.stop-asked', worker: 'w0' });
    return true;
  });
  await swarm.until((now) => now.swarm?.status === 'stopped');
  expect(violationsOf({ root: place.root, swarm: swarmId, tasks: ['a', 'b', 'c'] })).toEqual([]);
});

test('a worktree that was made but not written down costs its worker, and goes', async () => {
  const { place, swarm } = await begin((world) => ({
    ...world,
    git: {
      ...world.git,
      prepareWorktree: once(async (worker: string, base: string) => {
        const info = await world.git.prepareWorktree(worker, base);
        if (worker !== 'w0') return info;
        // As a crash between git's part and ours leaves it.
        const file = join(place.paths.worktree(worker), 'owner.json');
        writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), admin: null }));
        return info;
      }, 'after'),
    },
  }));
  const state = await swarm.until((now) => now.swarm?.status === 'stopped');
  expect(state.notices.map((notice) => notice.text)).toContainEqual(
    expect.stringContaining('worktree.prepare: cannot write'),
  );
  expect(state.swarm?.left).toEqual([]);
  expect(violationsOf({ root: place.root, swarm: swarmId, tasks: ['a', 'b', 'c'] })).toEqual([]);
});
