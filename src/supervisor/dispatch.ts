// The one door into the state: events are judged in order, written down in batches, and only then acted on.
import type { Effect } from '../core/effect.ts';
import type { Event, Happened, JournalLine } from '../core/event.ts';
import type { State } from '../core/state.ts';
import { transition } from '../core/transition.ts';
import type { Clock, Dispatch, JournalWriter } from './contract.ts';

export interface Dispatcher {
  dispatch: Dispatch;
  state(): State;
  /** Judges nothing any more; what is dispatched from now on is dropped. Resolves when the last append is over. */
  close(): Promise<void>;
}

interface Waiting {
  event: Event;
  origin: { cause?: string; mail?: string };
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * `act` is called with the effects of each batch after it is durable, never before. A failed append rejects everything that waits,
 * calls `onDefect` once, and nothing is judged after it.
 */
export function createDispatcher(options: {
  state: State;
  journal: JournalWriter;
  clock: Clock;
  act(id: string, effect: Effect): void;
  onLines?(lines: readonly JournalLine[], state: State): void;
  onDefect(error: unknown): void;
}): Dispatcher {
  let state = options.state;
  let queue: Waiting[] = [];
  let draining: Promise<void> | null = null;
  let dead: unknown = null;
  let closed = false;

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue;
      queue = [];
      const lines: JournalLine[] = [];
      let next = state;
      try {
        for (const { event, origin } of batch) {
          const happened: Happened = { seq: next.seq + 1, at: options.clock.now(), ...origin, event };
          const [after, effects] = transition(next, happened);
          if (after === next) continue;
          next = after;
          lines.push({ ...happened, effects });
        }
        if (lines.length > 0) await options.journal.append(lines);
      } catch (error) {
        dead = error;
        for (const each of [...batch, ...queue]) each.reject(error);
        queue = [];
        draining = null;
        options.onDefect(error);
        return;
      }
      state = next;
      if (lines.length > 0) options.onLines?.(lines, state);
      for (const { seq, effects } of lines) {
        for (const [index, effect] of effects.entries()) options.act(`${seq}.${index}`, effect);
      }
      for (const each of batch) each.resolve();
    }
    // In the same breath as the last look at the queue: who is woken by a resolve above may dispatch before our promise settles.
    draining = null;
  }

  return {
    dispatch: (event, origin = {}) =>
      new Promise((resolve, reject) => {
        if (dead) {
          reject(dead);
          return;
        }
        if (closed) {
          resolve();
          return;
        }
        queue.push({ event, origin, resolve, reject });
        // Everything that arrives in the same tick shares one append and one fsync.
        draining ??= Promise.resolve().then(drain);
      }),
    state: () => state,
    close: async () => {
      closed = true;
      for (const each of queue.splice(0)) each.resolve();
      await draining;
    },
  };
}
