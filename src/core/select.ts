// Questions asked of a state. Pure; the supervisor, the CLI and the face ask the same ones, so they never disagree.
import type { Effect, EffectType } from './effect.ts';
import { anyOverlap } from './globs.ts';
import { compareIds } from './ids.ts';
import { openChange } from './lives.ts';
import { needsPerson } from './review.ts';
import { SeatKind, traitsOf } from './seats/kinds.ts';
import type { Change, State, Task, Worker, WorkerStatus } from './state.ts';
import type { Usage } from './turn.ts';
import { addUsage, noUsage } from './usage.ts';

/** Workers, then reviewers, then the planner. */
export function workersOf(state: State): Worker[] {
  return Object.values(state.workers).sort(
    (a, b) => SeatKind.options.indexOf(a.seat) - SeatKind.options.indexOf(b.seat) || compareIds(a.id, b.id),
  );
}

export function tasksOf(state: State): Task[] {
  return Object.values(state.tasks).sort(byPriority);
}

function byPriority(a: Task, b: Task): number {
  return (a.priority ?? 1_000) - (b.priority ?? 1_000) || compareIds(a.id, b.id);
}

/** Dependencies of a task that are not merged yet. */
export function waitsFor(state: State, task: Task): string[] {
  return task.dependsOn.filter((id) => state.tasks[id]?.status !== 'merged');
}

/** Tasks that somebody (other than `except`) works on, or that are in `also`, and that name their files. */
function busyTasks(state: State, also: ReadonlySet<string>, except: string | null): Task[] {
  return Object.values(state.tasks).filter(
    ({ id, files, worker, status }) =>
      files.length > 0 &&
      (also.has(id) || (worker !== null && worker !== except && (status === 'claimed' || status === 'handed-in'))),
  );
}

/** Tasks about the same files that others than `worker` work on, or that are in `also`. */
export function clashesOf(
  state: State,
  task: Task,
  { worker = null, also = noIds }: { worker?: string | null; also?: ReadonlySet<string> } = {},
): Task[] {
  return task.files.length === 0 ? [] : clashing(task, busyTasks(state, also, worker));
}
const noIds: ReadonlySet<string> = new Set();

function clashing(task: Task, others: readonly Task[]): Task[] {
  return others.filter(({ id, files }) => id !== task.id && anyOverlap(task.files, files));
}

/** What a task waits for before it may be claimed: its dependencies, and tasks about the same files. */
export function heldUpBy(state: State, task: Task): string[] {
  return [...new Set([...waitsFor(state, task), ...clashesOf(state, task).map(({ id }) => id)])];
}

/**
 * The best tasks that a worker may claim now, at most so many, without those in `except`; no two of them, or of them and those, are about
 * the same files. Cheaper than sorting all of them.
 */
export function bestClaimable(state: State, most: number, except: ReadonlySet<string>): Task[] {
  const busy = busyTasks(state, except, null);
  let best: Task[] = [];
  for (const task of Object.values(state.tasks)) {
    if (except.has(task.id) || !isClaimable(state, task, busy)) continue;
    const worst = best[most - 1];
    if (worst && byPriority(worst, task) <= 0) continue;
    const rivals = clashing(task, best);
    if (rivals.some((each) => byPriority(each, task) <= 0)) continue;
    best = best.filter((each) => !rivals.includes(each));
    const at = best.findIndex((each) => byPriority(task, each) < 0);
    best.splice(at < 0 ? best.length : at, 0, task);
    if (best.length > most) best.pop();
  }
  return best;
}

/** Tasks that a worker may claim now, best first. */
export function claimableTasks(state: State): Task[] {
  const busy = busyTasks(state, noIds, null);
  return Object.values(state.tasks)
    .filter((task) => isClaimable(state, task, busy))
    .sort(byPriority);
}

function isClaimable(state: State, task: Task, busy: readonly Task[]): boolean {
  if (task.status !== 'pending' || task.column !== 'pending') return false;
  if (task.dependsOn.length > 0 && waitsFor(state, task).length > 0) return false;
  return clashing(task, busy).length === 0;
}

export function openChanges({ changes }: State): Change[] {
  const ids = openIn.get(changes) ?? Object.keys(changes).filter((id) => isOpen(changes[id]));
  if (!openIn.has(changes)) openIn.set(changes, new Set(ids));
  return [...ids].map((id) => changes[id]).filter((change) => change !== undefined);
}

// Which changes of a container are open, for those that were asked: all of a long run are too many to look through each time.
// Containers are changed by Draft alone, which tells.
const openIn = new WeakMap<State['changes'], Set<string>>();

/** For Draft: a change was put into this container. */
export function noteChange(changes: State['changes'], change: Change): void {
  if (isOpen(change)) openIn.get(changes)?.add(change.id);
  else openIn.get(changes)?.delete(change.id);
}

/** For Draft: this container is a copy of that one. */
export function noteCopy(copy: State['changes'], of: State['changes']): void {
  const ids = openIn.get(of);
  if (ids) openIn.set(copy, new Set(ids));
}

function isOpen(change: Change | undefined): boolean {
  return change !== undefined && openChange.includes(change.status);
}

/** Approved changes in the order of their approval. */
export function mergeQueue(state: State): Change[] {
  return openChanges(state)
    .filter((change) => change.status === 'queued' || change.status === 'merging')
    .sort((a, b) => (a.approval?.seq ?? 0) - (b.approval?.seq ?? 0));
}

/** Changes as the review queue shows them: what needs the operator first, then what is under way, oldest first. */
export function reviewQueue(state: State): Change[] {
  return openChanges(state).sort(
    (a, b) =>
      reviewRank[a.status] - reviewRank[b.status] ||
      (a.handedInAt < b.handedInAt ? -1 : a.handedInAt > b.handedInAt ? 1 : compareIds(a.id, b.id)),
  );
}
const reviewRank: Record<Change['status'], number> = {
  'awaiting-approval': 0,
  lapsed: 1,
  merging: 2,
  queued: 3,
  reviewing: 4,
  checking: 5,
  'handed-in': 6,
  rejected: 7,
  conflicted: 7,
  merged: 7,
  withdrawn: 7,
};

/** Whether all checks of the integration are green. A change without checks is. */
export function isGreen(change: Change): boolean {
  return change.integration?.checks.every((check) => check.ok) ?? false;
}

/** What an approval binds besides head and base: the tree that was checked, what the checks said, and what was out of bounds. */
export function checksDigest(change: Change): string {
  const { integration } = change;
  if (!integration) return 'none';
  const checks = integration.checks.map((check) => `${check.name}=${check.ok ? 'ok' : 'red'}`);
  return [integration.tree, ...checks, ...change.escapes.map((path) => `outside=${path}`)].join(' ');
}

/** Whether an effect of these types is pending (in flight or waiting to be tried again) for a worker or change. */
export function isAsked(state: State, subject: string, ...types: EffectType[]): boolean {
  for (const id in state.pending) {
    const effect = state.pending[id]?.effect;
    if (effect && subjectOf(effect) === subject && types.includes(effect.type)) return true;
  }
  return false;
}

function subjectOf(effect: Effect): string | null {
  if ('change' in effect) return effect.change;
  return 'worker' in effect ? effect.worker : null;
}

/** What a worker is doing, for people: its status, or that its work waits for a verdict. */
export type Activity = WorkerStatus | 'in-review';

export function activityOf(worker: Worker): Activity {
  return worker.status === 'idle' && worker.change !== null ? 'in-review' : worker.status;
}

/** What a seat is about, for people: its tasks, the change it reads, else its role where that is another than to work on tasks. */
export function occupationOf({ seat, claims, change, turn }: Worker): string {
  if (claims.length > 0) return claims.join(', ');
  if (change) return `waits for review of ${change.slice(0, 7)}`;
  if (turn?.review) return `reviews ${turn.review.slice(0, 7)}`;
  return traitsOf[seat].claims ? '' : seat;
}

/** Counts for headers and summaries. */
export interface Counts {
  pending: number;
  current: number;
  review: number;
  merged: number;
  blocked: number;
  working: number;
  failed: number;
  inReview: number;
  needsYou: number;
}

export function countsOf(state: State): Counts {
  const counts: Counts = {
    pending: 0,
    current: 0,
    review: 0,
    merged: 0,
    blocked: 0,
    working: 0,
    failed: 0,
    inReview: 0,
    needsYou: 0,
  };
  for (const id in state.tasks) {
    const status = state.tasks[id]?.status;
    if (status === 'pending') counts.pending += 1;
    else if (status === 'claimed') counts.current += 1;
    else if (status === 'handed-in') counts.review += 1;
    else if (status === 'merged') counts.merged += 1;
    else if (status === 'blocked') counts.blocked += 1;
  }
  for (const worker of Object.values(state.workers)) {
    if (worker.status === 'working') counts.working += 1;
    if (worker.status === 'failed') counts.failed += 1;
    if (worker.status === 'failed' || worker.status === 'needs-you') counts.needsYou += 1;
  }
  for (const change of openChanges(state)) {
    counts.inReview += 1;
    if (needsOperator(change)) counts.needsYou += 1;
  }
  counts.needsYou += counts.blocked;
  return counts;
}

/** Tokens and cost of all workers together. */
export function usageOf(state: State): Usage {
  return Object.values(state.workers).reduce((total, worker) => addUsage(total, worker.usage), noUsage);
}

/** Whether a change waits for the operator. */
export function needsOperator(change: Change): boolean {
  return change.status === 'awaiting-approval' || change.status === 'lapsed' || change.held !== null;
}

/** Whether nothing is left that the swarm could do by itself. */
export function isIdle(state: State): boolean {
  if (!state.swarm?.boardSeen || Object.keys(state.pending).length > 0) return false;
  // Where the policy approves, there may be no operator for a change that waits for one.
  const { approval } = state.swarm.config;
  const waits = (change: Change) => change.status === 'lapsed' || needsPerson(change);
  if (openChanges(state).some((change) => approval === 'operator' || !waits(change))) return false;
  // Without a worker that is there, or can come back, nobody will claim what lies there.
  const workers = Object.values(state.workers);
  const able = workers.some(({ seat, status }) => traitsOf[seat].claims && status !== 'failed' && status !== 'stopped');
  if (able && bestClaimable(state, 1, noIds).length > 0) return false;
  return workers.every(
    (worker) =>
      ['failed', 'stopped', 'paused'].includes(worker.status) ||
      (worker.status === 'needs-you' && !worker.ask) ||
      (worker.status === 'idle' &&
        !worker.next &&
        !worker.turn &&
        (worker.claims.length === 0 || worker.change !== null)),
  );
}

/**
 * Whether nobody is left who would do what comes, and nothing is under way: every worker on tasks is done, spent, tired of waiting or given up.
 * One that a person stopped or paused, that needs a person, or that a limit keeps, may come back: then it is not.
 */
export function isDeserted(state: State): boolean {
  if (!state.swarm?.boardSeen || Object.keys(state.pending).length > 0 || openChanges(state).length > 0) return false;
  const workers = Object.values(state.workers);
  // A planner or reviewer at work has its turn.
  if (workers.some(({ turn }) => turn !== null)) return false;
  return workers
    .filter(({ seat }) => traitsOf[seat].claims)
    .every(({ status, wanted, retired }) => (status === 'stopped' ? retired : status === 'failed' && wanted === 'run'));
}
