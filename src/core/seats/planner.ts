// The planner fills the board: before the workers begin, and whenever free tasks run out, until it says that nothing is missing.
import { bestClaimable, isAsked } from '../select.ts';
import type { State, Worker } from '../state.ts';
import type { Life } from './contract.ts';
import { returns } from './presence.ts';

export const planner: Life = {
  offer(draft, [seat], begin) {
    if (!seat) return;
    const next =
      seat.next ?? (isWanted(draft.state, seat) ? { kind: 'plan' as const, note: noteFor(draft.state) } : null);
    const base = draft.state.swarm?.base.sha;
    if (next && base) begin(seat, { ...next, suggested: null, fresh: { base, why: 'planning' } });
  },
  heed(draft, { worker, signals }) {
    if (signals.done) draft.worker(worker, { leaving: true });
  },
  cutOff(draft, worker, _, next) {
    draft.worker(worker, { next });
  },
  giveUp() {},
};

/** Whether the workers should wait for the planner's first turn to end, however it ends, and for the tasks of it. */
export function isFirstPlanOpen(state: State): boolean {
  const seat = plannerOf(state);
  if (!seat || !returns(seat)) return false;
  if (seat.turns === 0) return isWanted(state, seat);
  return seat.turns === 1 && (seat.turn !== null || isAsked(state, seat.id, 'tasks.collect'));
}

/** Whether new tasks are the planner's business: it is there, or has said that nothing is missing. */
export function hasPlanner(state: State): boolean {
  const seat = plannerOf(state);
  return seat !== undefined && seat.status !== 'failed' && (seat.status !== 'stopped' || seat.leaving);
}

/** A first look fills the board. Another one follows when tasks run out, if base or board changed since the latest began. */
function isWanted(state: State, { planned }: Worker): boolean {
  const { swarm } = state;
  // Cheapest first: this is asked after every event, and the board may be large.
  if (!swarm?.boardSeen) return false;
  if (planned && planned.base === swarm.base.sha && swarm.boardAt <= planned.seq) return false;
  if (roomOn(state) <= 0) return false;
  if (!planned) return true;
  const hungry = Object.values(state.workers).filter((each) => each.seat === 'worker' && returns(each)).length;
  return bestClaimable(state, hungry, new Set()).length < hungry;
}

/** How many tasks the planner may add. */
function roomOn(state: State): number {
  const pending = Object.values(state.tasks).filter(({ status }) => status === 'pending').length;
  return (state.swarm?.config.planner?.max_pending ?? 0) - pending;
}

function noteFor(state: State): string {
  return `Write at most ${roomOn(state)} new tasks.`;
}

function plannerOf(state: State): Worker | undefined {
  return state.workers.planner?.seat === 'planner' ? state.workers.planner : undefined;
}
