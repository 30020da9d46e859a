// Which files belong to whose work: from tasks to leases, and from leases to what is said of a change.
import { clashesOf, waitsFor } from '../core/select.ts';
import type { State, Task } from '../core/state.ts';
import type { Lost, Manifest } from '../leases/contract.ts';
import type { World } from './contract.ts';

/** What the tasks at work are about: for each of them its worker holds a lease. */
export function manifestsOf(state: State): Manifest[] {
  const held = Object.values(state.tasks).filter(
    ({ worker, status }) => worker !== null && (status === 'claimed' || status === 'handed-in'),
  );
  const open = new Set(held.filter(({ files }) => files.length === 0).map(({ worker }) => worker));
  return held.flatMap(({ id: task, worker, files }) =>
    worker === null || files.length === 0 ? [] : [{ address: worker, task, files, whole: !open.has(worker) }],
  );
}

export interface Bounds {
  lost: Lost[];
  escapes: string[];
}

/** Which files of a change its worker lost the lease of, and which were not its to change. */
export function boundsOf({ leases }: Pick<World, 'leases'>, state: State, id: string): Bounds {
  const change = state.changes[id];
  if (!change) return { lost: [], escapes: [] };
  const { worker, tasks, handedInAt, files } = change;
  const paths = files.map(({ path }) => path);
  const begun = state.workers[worker]?.log.startedAt ?? handedInAt;
  const named = tasks.map((task) => state.tasks[task]?.files ?? []);
  const isBound = named.length > 0 && named.every((each) => each.length > 0);
  return {
    lost: leases.lost(paths, worker, begun),
    escapes: leases.escapes(paths, worker, isBound ? named.flat() : null).map(({ path }) => path),
  };
}

/** Why a worker may not claim a task now; null when it may. `earlier`: tasks that others asked for before it. */
export function refusalOf(state: State, task: Task, worker: string, earlier: ReadonlySet<string>): string | null {
  const waits = waitsFor(state, task);
  if (waits.length > 0) return `waits for ${waits.join(', ')}`;
  const [clash] = clashesOf(state, task, { worker, also: earlier });
  return clash ? `is about the same files as ${clash.id}, which ${clash.worker ?? 'another'} works on` : null;
}
