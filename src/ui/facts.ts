// What a decision binds, as one text: the facts of a change, of a worker's question or of a message that are on the screen. And the clock that arms the key for them.
import { checksDigest } from '../core/select.ts';
import type { Change, Worker } from '../core/state.ts';
import type { Clock, Mail } from './ports.ts';
import { changeIn, mailIn, placeOf, type View, workerIn } from './view.ts';

export const armingMs = 300;

/** Head, base, checks and status. Two looks at a change with the same facts are the same look. */
export function factsOf(change: Change): string {
  return [change.id, change.status, baseOf(change), checksDigest(change)].join(' ');
}

/** The commit that the change was merged onto for its checks; before that, the one it was made from. */
export function baseOf(change: Change): string {
  return change.integration?.base ?? change.base;
}

/** What the worker asks now; null when it asks nothing. */
export function askFactsOf(worker: Worker | undefined): string | null {
  return worker?.ask ? `${worker.id} ${worker.ask.id}` : null;
}

/** A message never changes. */
export function mailFactsOf(mail: Mail): string {
  return `mail ${mail.id}`;
}

/** The facts that a frame of this view shows the operator to decide on; null when it shows none. */
export function factsShown(view: View): string | null {
  if (view.mode.kind !== 'normal') return null;
  if (view.focus === 'workers' || (view.focus === 'right' && view.right === 'pane')) return askFactsOf(workerIn(view));
  const place = placeOf(view);
  const mail = mailIn(view);
  if (place === 'mail' || place === 'message') return mail ? mailFactsOf(mail) : null;
  const change = changeIn(view);
  const looking = view.focus === 'queue' || (view.focus === 'right' && view.right === 'diff');
  return change && looking ? factsOf(change) : null;
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
