// The turn that a worker would get next, found by letting the state go on in thought. Nothing is written down and nothing is done.
import type { Effect, EffectOf } from '../core/effect.ts';
import type { Event } from '../core/event.ts';
import { noSignals } from '../core/signals.ts';
import type { State } from '../core/state.ts';
import { transition } from '../core/transition.ts';

/**
 * The effect that would send it, and the state it is sent in; null when the worker gets no turn as things stand. A turn in flight is taken to
 * end well and without a signal.
 */
export function nextTurn(
  from: State,
  worker: string,
  at: string,
): { effect: EffectOf<'turn.send'>; state: State } | null {
  let state = from;
  const happen = (event: Event, cause?: string) => {
    [state] = transition(state, { seq: state.seq + 1, at, ...(cause === undefined ? {} : { cause }), event });
  };
  const asked = () => Object.entries(state.pending).map(([id, { effect }]) => ({ id, effect }));
  const turn = state.workers[worker]?.turn;
  // It is on its way to the runner: sent already, for us.
  for (const { id, effect } of asked()) {
    if (effect.type === 'turn.send' && turn && effect.turn === turn.id)
      happen({ type: 'turn.sent', worker, turn: turn.id, mail: effect.mail }, id);
  }
  happen(turn ? silentEnd(worker, turn.id, state) : { type: 'beat' });
  // Everybody gets a worktree and a pane, as in life: each free task is offered to one of them.
  for (;;) {
    for (const { effect } of asked())
      if (effect.type === 'turn.send' && effect.worker === worker) return { effect, state };
    const [next] = asked().flatMap(({ id, effect }) => {
      const outcome = outcomeOf(effect);
      return outcome ? [{ id, outcome }] : [];
    });
    if (!next) return null;
    happen(next.outcome, next.id);
  }
}

/** What comes before a turn, gone well. */
function outcomeOf(effect: Effect): Event | null {
  switch (effect.type) {
    case 'worktree.prepare':
      return { type: 'worktree.ready', worker: effect.worker, path: '', branch: '', base: effect.base };
    case 'worktree.reset':
      return { type: 'worktree.reset', worker: effect.worker, base: effect.base, saved: null };
    case 'pane.open':
      return { type: 'pane.opened', worker: effect.worker, pane: 'none' };
    default:
      return null;
  }
}

function silentEnd(worker: string, turn: string, state: State): Event {
  return {
    type: 'turn.ended',
    worker,
    turn,
    attempt: 1,
    outcome: 'done',
    exitCode: 0,
    error: null,
    signals: noSignals,
    said: '',
    conversation: state.workers[worker]?.conversation ?? null,
    usage: null,
    durationMs: 0,
  };
}
