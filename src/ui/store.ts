// The face without React: one store of the view, and what can be done to it from outside. The hook is the last line.
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { messageOf } from '../core/errors.ts';
import type { State } from '../core/state.ts';
import type { Wish } from '../core/wish.ts';
import { type Arming, createArming } from './facts.ts';
import type { Clock, Ports, Size } from './ports.ts';
import { settle } from './settle.ts';
import type { Theme } from './theme.ts';
import { firstView, type Message, type View } from './view.ts';

/** How the operator went: the swarm goes on, or it was stopped. */
export type Farewell = 'left' | 'stopped';

/** What a terminal lends: `lend` puts our screen away while `work` has it. */
export interface Terminal {
  lend(work: () => Promise<void>): Promise<void>;
  leave(how: Farewell): void;
}

export interface Face {
  readonly store: StoreApi<View>;
  readonly ports: Ports;
  readonly clock: Clock;
  readonly arming: Arming;
  /** Set by the app that draws this face. */
  terminal: Terminal | null;
  view(): View;
  /** Changes the view at once. `{}` changes nothing and draws nothing. */
  update(change: Partial<View> | ((view: View) => Partial<View>)): void;
  /** Says something in the footer. */
  say(level: Message['level'], text: string): void;
  /** Delivers a wish; `done` is said when it is delivered, the reason when it cannot be. Resolves to whether it was. */
  wish(wish: Wish, done: string): Promise<boolean>;
}

export function createFace(ports: Ports, state: State, options: { size: Size; theme: Theme; clock: Clock }): Face {
  const { clock } = options;
  const store = createStore<View>(() => settle(firstView(state, options.size, options.theme, clock.wall())));
  const face: Face = {
    store,
    ports,
    clock,
    arming: createArming(clock),
    terminal: null,
    view: store.getState,
    update: (change) => {
      const view = store.getState();
      const patch = typeof change === 'function' ? change(view) : change;
      if (Object.keys(patch).length > 0) store.setState(settle({ ...view, ...patch }), true);
    },
    say: (level, text) => face.update(({ state: { seq } }) => ({ message: { level, text, seq } })),
    wish: async (wish, done) => {
      try {
        await ports.send(wish);
        face.say(
          'info',
          face.view().supervisor === 'down' ? `${done}; the supervisor is down and will read it when it runs` : done,
        );
        return true;
      } catch (error) {
        face.say('error', `not delivered: ${messageOf(error)}`);
        return false;
      }
    },
  };
  return face;
}

export function useView<T>(face: Face, pick: (view: View) => T): T {
  return useStore(face.store, pick);
}
