// The end of a cycle, and sending work back: the steps that several events lead to.
import type { Draft } from './draft.ts';
import { openChange } from './lives.ts';
import { traitsOf } from './seats/kinds.ts';
import type { Change } from './state.ts';
import { noUsage } from './usage.ts';

const freshCycle = {
  turnsInCycle: 0,
  silent: 0,
  followUps: 0,
  rounds: 0,
  sentBack: 0,
  claims: [] as string[],
  suggested: null,
  change: null,
  conversation: null,
  next: null,
  uncharged: noUsage,
};

/** The cycle came to its end with a merge. The worker starts the next one from the new base, with what it claimed meanwhile. */
export function endMergedCycle(draft: Draft, change: Change, base: string): void {
  const worker = draft.state.workers[change.worker];
  if (!worker) return;
  const claims = worker.claims.filter((id) => !change.tasks.includes(id));
  draft.worker(worker.id, {
    ...freshCycle,
    claims,
    cycle: worker.cycle + 1,
    finished: worker.finished + 1,
    failures: 0,
  });
  if (worker.worktree) draft.ask({ type: 'worktree.reset', worker: worker.id, base, why: 'merged' });
}

/** The cycle failed: claims go back with what was learnt, the work is kept on a ref, the worker starts afresh. */
export function endFailedCycle(draft: Draft, id: string, reason: string, feedback: string | null): void {
  const worker = draft.state.workers[id];
  if (!worker) return;
  draft.notice('warn', `${id}: cycle ${worker.cycle} ended: ${reason}`);
  releaseClaims(draft, id, reason, feedback);
  draft.worker(id, { ...freshCycle, cycle: worker.cycle + 1, finished: worker.finished + 1 });
  const base = draft.state.swarm?.base.sha;
  if (worker.worktree && base) draft.ask({ type: 'worktree.reset', worker: id, base, why: reason });
}

/** The cycle ends without a claim and without work: nothing to keep, nothing learnt. */
export function endIdleCycle(draft: Draft, id: string): void {
  const worker = draft.state.workers[id];
  if (worker) draft.worker(id, { ...freshCycle, cycle: worker.cycle + 1, finished: worker.finished + 1 });
}

/** Puts the worker's claims back, except those that an open change carries. */
export function releaseClaims(draft: Draft, id: string, reason: string, feedback: string | null): void {
  const claims = draft.state.workers[id]?.claims ?? [];
  const carried = Object.values(draft.state.changes)
    .filter((change) => openChange.includes(change.status))
    .flatMap((change) => change.tasks);
  releaseTasks(
    draft,
    claims.filter((task) => !carried.includes(task)),
    id,
    reason,
    feedback,
  );
  draft.worker(id, { claims: [] });
}

/** Puts tasks back to pending; one that failed too often is blocked and waits for the operator. */
export function releaseTasks(
  draft: Draft,
  ids: readonly string[],
  worker: string,
  reason: string,
  feedback: string | null,
): void {
  const held = ids.filter((id) => {
    const task = draft.state.tasks[id];
    return (task?.status === 'claimed' || task?.status === 'handed-in') && task.worker === worker;
  });
  if (held.length === 0) return;
  const most = draft.state.swarm?.config.max_attempts ?? 3;
  const holder = draft.state.workers[worker];
  const blameless =
    draft.state.swarm?.status !== 'running' ||
    holder?.wanted === 'stop' ||
    (holder !== undefined && !traitsOf[holder.seat].claims);
  for (const id of held) {
    const attempts = (draft.state.tasks[id]?.attempts ?? 0) + (blameless ? 0 : 1);
    const blocked = attempts >= most;
    draft.moveTask(id, blocked ? 'blocked' : 'pending', { worker: null, change: null, attempts, reason });
    if (blocked) draft.notice('error', `${id} is blocked after ${attempts} attempts: ${reason}`);
  }
  draft.ask({ type: 'tasks.release', tasks: held, worker, reason, feedback, at: draft.at });
}

/**
 * Gives a change's work back to its worker, for a next turn of the same conversation; true when the worker has it. When the worker
 * is gone, or the rounds are spent (`automatic` send-backs only), the tasks are released with the feedback instead.
 */
export function sendBack(
  draft: Draft,
  changeId: string,
  reason: string,
  feedback: string,
  automatic: boolean,
): boolean {
  const change = draft.state.changes[changeId];
  const worker = change && draft.state.workers[change.worker];
  if (!change) return false;
  if (!worker || worker.change !== changeId || worker.wanted === 'stop') {
    releaseTasks(draft, change.tasks, change.worker, reason, feedback);
    if (worker?.change === changeId) {
      draft.worker(worker.id, { change: null, claims: worker.claims.filter((id) => !change.tasks.includes(id)) });
    }
    return false;
  }
  const rounds = worker.rounds + (automatic ? 1 : 0);
  for (const id of change.tasks) draft.moveTask(id, 'claimed', { change: null });
  // A person's note starts the count of turns anew; a machine's does not.
  const claims = [...worker.claims, ...change.tasks.filter((id) => !worker.claims.includes(id))];
  draft.worker(worker.id, {
    change: null,
    claims,
    rounds,
    sentBack: worker.sentBack + 1,
    silent: 0,
    turnsInCycle: automatic ? worker.turnsInCycle : 0,
  });
  if (!automatic || rounds <= (draft.state.swarm?.config.max_review_rounds ?? 3)) return true;
  endFailedCycle(draft, worker.id, reason, feedback);
  return false;
}
