// The end of a cycle, and sending work back: the steps that several events lead to.
import { type Draft, later } from './draft.ts';
import { openChange } from './lives.ts';
import { closeLog, logRelease } from './log.ts';
import { type CycleOutcome, freshLog } from './records.ts';
import { traitsOf } from './seats/kinds.ts';
import type { Change, Worker } from './state.ts';
import type { TurnKind } from './turn.ts';
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

/** A cycle is over and counts; the next one begins after the worker's pause. */
function finished({ spec, cycle, finished: before }: Worker, at: string): Partial<Worker> {
  const { wait_between: pause } = spec;
  const restUntil = pause > 0 ? later(at, pause * 1_000) : null;
  return { ...freshCycle, cycle: cycle + 1, finished: before + 1, restUntil };
}

/** The cycle came to its end with a merge. The worker starts the next one from the new base, with what it claimed meanwhile. */
export function endMergedCycle(draft: Draft, change: Change, base: string): void {
  const worker = draft.state.workers[change.worker];
  if (!worker) return;
  const claims = worker.claims.filter((id) => !change.tasks.includes(id));
  closeLog(draft, worker, { outcome: 'merged', reason: null, change: change.id, commit: base }, claims);
  draft.worker(worker.id, { ...finished(worker, draft.at), claims, failures: 0 });
  if (worker.worktree) draft.ask({ type: 'worktree.reset', worker: worker.id, base, why: 'merged' });
}

/** The cycle failed: claims go back with what was learnt, the work is kept on a ref, the worker starts afresh. */
export function endFailedCycle(
  draft: Draft,
  id: string,
  outcome: CycleOutcome,
  reason: string,
  feedback: string | null,
): void {
  const cycle = draft.state.workers[id]?.cycle;
  draft.notice('warn', `${id}: cycle ${cycle} ended: ${reason}`);
  releaseClaims(draft, id, reason, feedback);
  const worker = draft.state.workers[id];
  if (!worker) return;
  closeLog(draft, worker, { outcome, reason, change: null, commit: null });
  draft.worker(id, finished(worker, draft.at));
  const base = draft.state.swarm?.base.sha;
  if (worker.worktree && base) draft.ask({ type: 'worktree.reset', worker: id, base, why: reason });
}

/** The worker was stopped in the middle of a cycle, which does not count as finished. Its claims went back and its work is kept already. */
export function endLeftCycle(draft: Draft, id: string): void {
  const worker = draft.state.workers[id];
  if (!worker) return;
  const end = worker.leaving
    ? { outcome: 'done' as const, reason: null }
    : { outcome: 'interrupted' as const, reason: worker.why };
  closeLog(draft, worker, { ...end, change: null, commit: null });
  draft.worker(id, { ...freshCycle, cycle: worker.cycle + 1 });
}

/**
 * It looked around, claimed nothing and made nothing: no cycle began, so none is counted. It looks again when the base has moved. What it
 * was silent about before is not forgotten: offers that it never answers come to an end.
 */
export function lookedAround(draft: Draft, id: string): void {
  const silent = draft.state.workers[id]?.silent ?? 0;
  draft.worker(id, { ...freshCycle, log: freshLog, silent, looked: draft.state.swarm?.base.sha ?? null });
}

/**
 * A turn that came nowhere: the cycle goes on with another one (`fact`: what is told of it) until the worker's silent turns, or its turns,
 * are used up. Then it is nudged once, and after that the cycle ends as stuck.
 */
export function goOn(draft: Draft, id: string, kind: TurnKind, fact: string, said: string | null): void {
  const worker = draft.state.workers[id];
  if (!worker) return;
  const { max_working_resumes: mostSilent, max_resumes: mostTurns } = worker.spec;
  const silent = worker.silent + 1;
  const over = Math.max(silent - mostSilent, worker.turnsInCycle - mostTurns);
  if (over > 0) {
    endFailedCycle(draft, id, 'stuck', 'stuck: many turns without a signal', said);
    return;
  }
  const [go, nudge] = worker.claims.length > 0 ? withClaims : withoutClaims;
  const next = over === 0 ? { kind: 'nudge' as const, note: `${fact} ${nudge}` } : { kind, note: `${fact} ${go}` };
  draft.worker(id, { silent, next });
}

const withClaims = [
  'Continue working. Signal COMPLETE_AND_READY_FOR_MERGE when done.',
  'This is your last turn on these tasks. Act now: hand in what works with COMPLETE_AND_READY_FOR_MERGE (split what remains into new task files first), or print NEEDS_FOLLOWUP and say what is in the way.',
] as const;
const withoutClaims = [
  'Claim a task from the list above, or print __DONE__ when no useful work remains.',
  'This is your last turn before you start afresh. Act now: claim a task with CLAIM(id), or print __DONE__ when no useful work remains.',
] as const;

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
    if (!blocked) continue;
    draft.notice('error', `${id} is blocked after ${attempts} attempts: ${reason}`);
    // Work that will not be done is news for a planner.
    draft.swarm({ boardAt: draft.seq });
  }
  logRelease(draft, worker, held);
  draft.ask({ type: 'tasks.release', tasks: held, worker, reason, feedback, at: draft.at });
}

/**
 * Gives a change's work back to its worker, for a next turn of the same conversation; true when the worker has it. When the worker
 * is gone, or the rounds are spent, the tasks are released with the feedback instead. `spent`: how the cycle then ends; null for a person's
 * send-back, which spends none.
 */
export function sendBack(
  draft: Draft,
  changeId: string,
  reason: string,
  feedback: string,
  spent: CycleOutcome | null,
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
  const rounds = worker.rounds + (spent ? 1 : 0);
  for (const id of change.tasks) draft.moveTask(id, 'claimed', { change: null });
  // A person's note starts the count of turns anew; a machine's does not.
  const claims = [...worker.claims, ...change.tasks.filter((id) => !worker.claims.includes(id))];
  draft.worker(worker.id, {
    change: null,
    claims,
    rounds,
    sentBack: worker.sentBack + 1,
    silent: 0,
    turnsInCycle: spent ? worker.turnsInCycle : 0,
  });
  if (!spent || rounds <= (draft.state.swarm?.config.max_review_rounds ?? 3)) return true;
  endFailedCycle(draft, worker.id, spent, reason, feedback);
  return false;
}
