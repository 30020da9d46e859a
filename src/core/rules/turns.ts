// Rules of turns: who gets one now, and what for.
import { type Draft, isDue } from '../draft.ts';
import { budgetSpent, hasRoom, obeyHolds } from '../holds.ts';
import { bestClaimable, isAsked, workersOf } from '../select.ts';
import type { NextTurn, State, Worker } from '../state.ts';

export const turnRules: ((draft: Draft) => void)[] = [obeyHolds, sendTurns];

function sendTurns(draft: Draft): void {
  if (draft.state.swarm?.status !== 'running') return;
  const ready = workersOf(draft.state)
    .filter((worker) => mayTakeTurn(draft.state, worker, draft.at))
    .sort(firstServed);
  if (ready.length === 0) return;
  // Each free task is offered to one worker, so that a dozen agents do not race for the same one.
  const offered = new Set([
    ...workersOf(draft.state).flatMap((worker) =>
      worker.turn && worker.claims.length === 0 && worker.suggested ? [worker.suggested] : [],
    ),
    ...Object.values(draft.state.pending).flatMap(({ effect }) => (effect.type === 'tasks.claim' ? effect.tasks : [])),
  ]);
  const seekers = draft.state.swarm.boardSeen ? ready.filter(isSeeking).length : 0;
  const free = seekers > 0 ? bestClaimable(draft.state, seekers, offered) : [];
  for (const worker of ready) {
    const seeks = isSeeking(worker);
    const task = seeks ? (free[0] ?? null) : null;
    const next = worker.next ?? standing(draft.state, worker, task !== null);
    if (!next || !hasRoom(draft.state, worker)) continue;
    const spent = budgetSpent(draft.state, worker);
    if (spent) {
      draft.worker(worker.id, { wanted: 'pause' });
      draft.moveWorker(worker.id, 'paused', spent);
      draft.notice('warn', `${worker.id} is paused: ${spent}`);
      continue;
    }
    if (task) free.shift();
    if (seeks && isStale(draft.state, worker)) {
      // A cycle begins on the base as it is now; the turn follows when the worktree is there.
      draft.ask({ type: 'worktree.reset', worker: worker.id, base: draft.state.swarm.base.sha, why: 'new cycle' });
      continue;
    }
    draft.ask({
      type: 'turn.send',
      worker: worker.id,
      turn: `${worker.id}-t${worker.turns + 1}`,
      kind: next.kind,
      conversation: worker.conversation,
      tasks: worker.claims,
      suggested: task?.id ?? null,
      mail: worker.unread.map(({ id }) => id),
      note: next.note.slice(0, 16_000),
    });
  }
}

/** Whether its next turn is one to find a task in. */
function isSeeking(worker: Worker): boolean {
  return worker.claims.length === 0 && (!worker.next || worker.next.kind === 'work');
}

/** What is begun is finished first; then who has waited longest. */
function firstServed(a: Worker, b: Worker): number {
  return (
    Number(b.claims.length > 0) - Number(a.claims.length > 0) || (a.since < b.since ? -1 : a.since > b.since ? 1 : 0)
  );
}

function mayTakeTurn(state: State, worker: Worker, at: string): boolean {
  if (
    worker.status !== 'idle' ||
    worker.wanted !== 'run' ||
    worker.pane === null ||
    worker.turn ||
    !isDue(worker.retryAt, at)
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
    'tasks.release',
  );
}

function isStale(state: State, worker: Worker): boolean {
  return worker.turnsInCycle === 0 && worker.worktree !== null && worker.worktree.base !== state.swarm?.base.sha;
}

/** What a worker without a next turn does of itself; null when it waits. */
function standing(state: State, worker: Worker, hasTask: boolean): NextTurn | null {
  if (worker.claims.length > 0) return { kind: 'continue', note: 'These tasks are yours. Go on with them.' };
  if (worker.unread.length > 0) return { kind: 'mail', note: 'You have mail.' };
  if (hasTask) return { kind: 'work', note: '' };
  if (!worker.spec.can_plan || !state.swarm?.boardSeen) return null;
  const open = Object.values(state.tasks).some((task) => task.status !== 'merged');
  return open
    ? null
    : {
        kind: 'work',
        note: 'No task is waiting. Write new ones if the specification asks for them, or print __DONE__.',
      };
}
