// What of the lists is on the screen now: only that is looked at, and only that is drawn.
import type { Change, Worker } from '../core/state.ts';
import type { ListPanel } from './layout.ts';
import { mailList, queueList, workerList } from './lists.ts';
import type { Mail } from './ports.ts';
import { insideOf, layoutOf } from './settle.ts';
import type { View } from './view.ts';

export function visibleWorkers(view: View): readonly Worker[] {
  return windowOf(view, 'workers', workerList(view.state));
}

export function visibleChanges(view: View): readonly Change[] {
  return windowOf(view, 'queue', queueList(view.state));
}

export function visibleMail(view: View): readonly Mail[] {
  return windowOf(view, 'mail', mailList(view.mail));
}

function windowOf<T>(view: View, panel: ListPanel, list: readonly T[]): readonly T[] {
  const top = view.tops[panel] ?? 0;
  return list.slice(top, top + insideOf(layoutOf(view).panels[panel]?.height));
}

/** Whether the live pane of the selected worker is on the screen. */
export function showsPane(view: View): boolean {
  return (
    view.mode.kind === 'attached' ||
    (view.right === 'pane' && layoutOf(view).panels.right !== undefined && view.mode.kind !== 'help')
  );
}

/** The right panel's kind, when it is on the screen. */
export function rightShown(view: View): View['right'] | null {
  return layoutOf(view).panels.right ? view.right : null;
}
