// Rules of turns: who may take one now, what it needs first, and what keeps it. Whom it goes to, and what for, its seat says.
import { type Draft, isDue } from '../draft.ts';
import { budgetSpent, obeyHolds } from '../holds.ts';
import { hasRoom } from '../lanes.ts';
import type { Beginning } from '../seats/contract.ts';
import { lives } from '../seats/index.ts';
import type { SeatKind } from '../seats/kinds.ts';
import { isAsked, workersOf } from '../select.ts';
import type { State, Worker } from '../state.ts';

export const turnRules: ((draft: Draft) => void)[] = [obeyHolds, sendTurns];

function sendTurns(draft: Draft): void {
  if (draft.state.swarm?.status !== 'running') return;
  const ready = workersOf(draft.state).filter((worker) => mayTakeTurn(draft.state, worker, draft.at));
  for (const [kind, life] of Object.entries(lives) as [SeatKind, (typeof lives)[SeatKind]][]) {
    const its = ready.filter(({ seat }) => seat === kind);
    life.offer(draft, its, (worker, turn) => begin(draft, worker, turn));
  }
}

/** Sends the turn, or first brings the worktree to where it must stand; the turn follows when it is there. */
function begin(draft: Draft, worker: Worker, { kind, note, suggested, review, fresh }: Beginning): boolean {
  if (!hasRoom(draft.state, worker)) return false;
  const spent = budgetSpent(draft.state, worker);
  if (spent) {
    draft.worker(worker.id, { wanted: 'pause' });
    draft.moveWorker(worker.id, 'paused', spent);
    draft.notice('warn', `${worker.id} is paused: ${spent}`);
    return false;
  }
  if (fresh && worker.worktree && worker.worktree.base !== fresh.base) {
    draft.ask({ type: 'worktree.reset', worker: worker.id, ...fresh });
    return true;
  }
  draft.ask({
    type: 'turn.send',
    worker: worker.id,
    turn: `${worker.id}-t${worker.turns + 1}`,
    kind,
    conversation: worker.conversation,
    tasks: review ? (draft.state.changes[review]?.tasks ?? []) : worker.claims,
    suggested,
    mail: worker.unread.map(({ id }) => id),
    note: note.slice(0, 16_000),
    ...(review ? { review } : {}),
  });
  return true;
}

function mayTakeTurn(state: State, worker: Worker, at: string): boolean {
  if (
    worker.status !== 'idle' ||
    worker.wanted !== 'run' ||
    worker.pane === null ||
    worker.turn ||
    !isDue(worker.retryAt, at) ||
    !isDue(worker.restUntil, at)
  )
    return false;
  if (worker.change !== null) return false;
  return !isAsked(
    state,
    worker.id,
    'turn.send',
    'worktree.reset',
    'work.commit',
    'conflict.open',
    'tasks.claim',
    'tasks.adopt',
    'tasks.collect',
    'tasks.release',
  );
}
