// What an approval binds, as one text: the facts of a change that are on the screen. And the clock that arms the key for them.
import { checksDigest } from '../core/select.ts';
import type { Change } from '../core/state.ts';
import type { Clock } from './ports.ts';
import { changeIn, type View } from './view.ts';

export const armingMs = 300;

/** Head, base, checks and status. Two looks at a change with the same facts are the same look. */
export function factsOf(change: Change): string {
  return [change.id, change.status, baseOf(change), checksDigest(change)].join(' ');
}

/** The commit that the change was merged onto for its checks; before that, the one it was made from. */
export function baseOf(change: Change): string {
  return change.integration?.base ?? change.base;
}

/** The facts that a frame of this view shows the operator as the selected change; null when it shows none. */
export function factsShown(view: View): string | null {
  const change = changeIn(view);
  const looking = view.focus === 'queue' || (view.focus === 'right' && view.right === 'diff');
  return change && looking && view.mode.kind === 'normal' ? factsOf(change) : null;
}

export interface Arming {
  /** The tree that is being committed shows these facts. */
  rendered(facts: string | null): void;
  /** That tree was written to the terminal. */
  painted(): void;
  /** Whether these facts have stood on the screen long enough. */
  isArmed(facts: string): boolean;
}

export function createArming(clock: Clock): Arming {
  let next: string | null = null;
  let shown: { facts: string | null; at: number } = { facts: null, at: 0 };
  return {
    rendered: (facts) => {
      next = facts;
      // Facts that are leaving the screen are disarmed at once, not when their successor is painted.
      if (facts !== shown.facts) shown = { facts: null, at: 0 };
    },
    painted: () => {
      if (next !== shown.facts) shown = { facts: next, at: clock.monotonic() };
    },
    isArmed: (facts) => shown.facts === facts && clock.monotonic() - shown.at >= armingMs,
  };
}
