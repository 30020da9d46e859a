// The planner fills the board: before the workers begin, and whenever free tasks run out, until it says that nothing is missing.
import { bestClaimable, isAsked } from '../select.ts';
import type { State, Swarm, Worker } from '../state.ts';
import type { Life } from './contract.ts';
import { returns } from './presence.ts';

export const planner: Life = {
  offer(draft, [seat], begin) {
    if (!seat) return;
    const next =
      seat.next ?? (isWanted(draft.state, seat) ? { kind: 'plan' as const, note: noteFor(draft.state, seat) } : null);
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

/** A planner that added nothing, and did not say that nothing is missing, is asked once more. After that only news are worth a turn. */
const mostAgain = 1;

/** A first look fills the board. Another one follows when tasks run out. */
function isWanted(state: State, seat: Worker): boolean {
  const { swarm } = state;
  // Cheapest first: this is asked after every event, and the board may be large.
  if (!swarm?.boardSeen) return false;
  if (!isNews(swarm, seat) && (seat.planned?.again ?? 0) >= mostAgain) return false;
  if (roomOn(state) <= 0) return false;
  if (!seat.planned) return true;
  const hungry = Object.values(state.workers).filter((each) => each.seat === 'worker' && returns(each)).length;
  return bestClaimable(state, hungry, new Set()).length < hungry;
}

/** Whether the planner has not seen things as they stand: the base moved, or tasks came, went or were blocked since its latest turn began. */
export function isNews(swarm: Swarm, { planned }: Worker): boolean {
  return !planned || planned.base !== swarm.base.sha || swarm.boardAt > planned.seq;
}

/** How many tasks the planner may add. */
function roomOn(state: State): number {
  const pending = Object.values(state.tasks).filter(({ status }) => status === 'pending').length;
  return (state.swarm?.config.planner?.max_pending ?? 0) - pending;
}

function noteFor(state: State, seat: Worker): string {
  const most = `Write at most ${roomOn(state)} new tasks.`;
  if (!state.swarm || isNews(state.swarm, seat)) return most;
  return `${most} Your last turn added none, and free tasks have run out. Write the tasks that are missing, or print __DONE__ when the specification is met: you are not asked again before something has changed.`;
}

function plannerOf(state: State): Worker | undefined {
  return state.workers.planner?.seat === 'planner' ? state.workers.planner : undefined;
}
