// The one function that holds all judgement, and the fold. Handlers say what an event means; rules say what should follow.
import { applyAsked } from './asked.ts';
import { Draft } from './draft.ts';
import type { Effect } from './effect.ts';
import type { Event, EventOf, EventType, Happened, JournalLine } from './event.ts';
import { onAsks } from './on/asks.ts';
import { onChanges } from './on/changes.ts';
import { onEffects } from './on/effects.ts';
import { onLeases } from './on/leases.ts';
import { onSwarm } from './on/swarm.ts';
import { onTasks } from './on/tasks.ts';
import { onTurns } from './on/turns.ts';
import { onWorkers } from './on/workers.ts';
import { rules } from './rules/index.ts';
import { emptyState, type State } from './state.ts';

/** Event type → what it means for the state. Every event has exactly one handler. */
type Handlers = { [T in EventType]: (draft: Draft, event: EventOf<T>, happened: Happened) => void };
const handlers: Handlers = {
  ...onSwarm,
  ...onTasks,
  ...onWorkers,
  ...onTurns,
  ...onAsks,
  ...onChanges,
  ...onLeases,
  ...onEffects,
};

/**
 * Judges one event. Pure: the same state and event give the same answer, time comes in as `happened.at`. When nothing
 * follows, the very same state comes back with no effects, and the event need not be written down.
 */
export function transition(state: State, happened: Happened): [State, Effect[]] {
  const draft = happen(state, happened, null, new Set());
  return [draft.result(), draft.effects];
}

/**
 * Folds journal lines: the events as they happened, with the effects that were decided on then, never decided again. `onStep` is shown the
 * state after each line; what is in its containers changes with the next one.
 */
export function fold(
  lines: Iterable<JournalLine>,
  from: State = emptyState,
  onStep: (state: State) => void = () => {},
): State {
  let state = from;
  // States in between are seen by nobody: what was copied once need not be copied for every line.
  const owned = new Set<keyof State>();
  for (const line of lines) {
    if (line.seq <= state.seq) continue;
    const draft = happen(state, line, line.effects, owned);
    draft.putRest();
    draft.set({ seq: line.seq, at: line.at });
    state = draft.state;
    onStep(state);
  }
  return state;
}

function happen(state: State, happened: Happened, recorded: readonly Effect[] | null, owned: Set<keyof State>): Draft {
  const draft = new Draft(state, happened, applyAsked, recorded, owned);
  if (happened.mail !== undefined) {
    if (state.handled.includes(happened.mail)) return draft;
    draft.handled(happened.mail);
  }
  const { event } = happened;
  const answered = happened.cause === undefined ? undefined : draft.answer(happened.cause);
  // An outcome whose effect is no longer pending was told before; effect.failed needs the effect itself.
  if (happened.cause !== undefined && !answered) return draft;
  if (event.type === 'effect.failed') {
    if (answered) onEffects.failed(draft, event, happened.cause ?? '', answered);
  } else (handlers[event.type] as (draft: Draft, event: Event, happened: Happened) => void)(draft, event, happened);
  for (const rule of rules) rule(draft);
  return draft;
}
