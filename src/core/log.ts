// Keeps the log of each worker's cycle, and makes a record of what came to its end.
import type { Draft } from './draft.ts';
import type { EventOf } from './event.ts';
import { priced } from './holds.ts';
import { type CycleLog, type CycleRecord, freshLog, type TurnLog } from './records.ts';
import { traitsOf } from './seats/kinds.ts';
import type { Signals, Verdict } from './signals.ts';
import type { Change, Worker } from './state.ts';

export function logTurn(draft: Draft, worker: Worker, event: EventOf<'turn.ended'>): void {
  const { turn, attempt, outcome, exitCode, error, conversation, usage, durationMs } = event;
  addTurn(draft, worker, {
    ...{ turn, attempt, outcome, exitCode, error: error?.class ?? null },
    signals: outcome === 'done' ? wordsOf(event.signals) : [error ? `error:${error.class}` : outcome],
    ...{ conversation, usage: usage && priced(draft.state, worker, usage), durationMs },
  });
}

/** The worker's pane is gone, and with it the turn that ran there. */
export function logLostTurn(draft: Draft, worker: Worker): void {
  if (!worker.turn) return;
  addTurn(draft, worker, {
    ...{ turn: worker.turn.id, attempt: 1, outcome: 'lost', exitCode: null, error: null, signals: ['lost'] },
    ...{ conversation: null, usage: null, durationMs: since(draft, worker.turn.sentAt) },
  });
}

export function logClaim(draft: Draft, id: string, task: string): void {
  patchLog(draft, id, ({ claimed }) => (claimed.includes(task) ? {} : { claimed: [...claimed, task] }));
}

export function logRelease(draft: Draft, id: string, tasks: readonly string[]): void {
  patchLog(draft, id, ({ released }) => ({ released: [...released, ...tasks] }));
}

/** A verdict on a change, given as it was before the verdict; told before the worker's cycle goes on or ends. */
export function logReview(
  draft: Draft,
  change: Change,
  { by, verdict, output }: { by: string; verdict: Verdict; output: string },
): void {
  const worker = draft.state.workers[change.worker];
  if (worker?.change !== change.id) return;
  const durationMs = since(draft, change.since);
  const reviewMs = [...worker.log.reviewMs, durationMs];
  patchLog(draft, worker.id, () => ({ reviewMs }));
  const { cycle } = worker;
  draft.record({
    ...{ kind: 'review', worker: worker.id, cycle, round: reviewMs.length, change: change.id, tasks: change.tasks },
    ...{ by, verdict, output, files: change.files.map(({ path }) => path), durationMs },
  });
}

/** Records the cycle that the worker is in, and puts an empty log in its place. What it holds on to is claimed in the next one as well. */
export function closeLog(
  draft: Draft,
  worker: Worker,
  end: Pick<CycleRecord, 'outcome' | 'reason' | 'change' | 'commit'>,
  kept: readonly string[] = [],
): void {
  const { id, cycle, sentBack, conversation, worktree, log } = worker;
  const place = worktree && { path: worktree.path, branch: worktree.branch };
  const own = { ...log, claimed: log.claimed.filter((task) => !kept.includes(task)) };
  draft.record({ kind: 'cycle', worker: id, cycle, ...end, rounds: sentBack, conversation, worktree: place, log: own });
  draft.worker(id, { log: { ...freshLog, claimed: kept } });
}

/** A turn was sent: with the first one its cycle begins. Seats that hold no tasks have no cycles. */
export function logBeginning(draft: Draft, { id, seat }: Worker): void {
  if (traitsOf[seat].claims)
    patchLog(draft, id, ({ startedAt }) => (startedAt === null ? { startedAt: draft.at } : {}));
}

function addTurn(draft: Draft, { id, turn, log }: Worker, ended: Omit<TurnLog, 'kind' | 'sentAt'>): void {
  if (!turn || log.startedAt === null) return;
  const { kind, sentAt } = turn;
  patchLog(draft, id, ({ turns }) => ({ turns: [...turns, { kind, sentAt, ...ended }] }));
}

function patchLog(draft: Draft, id: string, patch: (log: CycleLog) => Partial<CycleLog>): void {
  const log = draft.state.workers[id]?.log;
  if (log) draft.worker(id, { log: { ...log, ...patch(log) } });
}

function since(draft: Draft, from: string): number {
  return Math.max(0, Date.parse(draft.at) - Date.parse(from));
}

function wordsOf({ claims, ready, done, followUp }: Signals): string[] {
  const words = [
    ...claims.map((id) => `claim:${id}`),
    ...(ready ? ['merge'] : []),
    ...(followUp === null ? [] : ['needs-followup']),
    ...(done ? ['done'] : []),
  ];
  return words.length > 0 ? words : ['working'];
}
