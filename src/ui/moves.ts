// Moves as functions of the view: within a list or document, between panels, to what needs the operator.
import { type ListPanel, type Panel, panels } from './layout.ts';
import { columnsShown, mailList, needsYou, queueList, taskColumns, workerList } from './lists.ts';
import { columnWith, insideOf, layoutOf, rightDocument, taskOrder } from './settle.ts';
import type { Pick, Right, View } from './view.ts';

const rightOf: Readonly<Record<ListPanel, Right>> = {
  workers: 'pane',
  tasks: 'task',
  queue: 'diff',
  mail: 'mail',
};
/** The list that belongs to what the right panel shows. */
export const listOf: Readonly<Record<Right, ListPanel>> = {
  pane: 'workers',
  task: 'tasks',
  diff: 'queue',
  mail: 'mail',
};

/** Focuses a panel; the right one follows with what belongs to a list. */
export function focusOn(panel: Panel, right?: Right): (view: View) => Partial<View> {
  return (view) => ({
    focus: panel,
    right: right ?? (panel === 'right' ? view.right : rightOf[panel]),
    zoom: view.zoom && panel === view.focus,
    behind: view.right === 'mail' ? view.behind : { focus: view.focus, right: view.right },
  });
}

/** Selects by identity and focuses. */
export function goTo(panel: ListPanel, id: string): (view: View) => Partial<View> {
  return (view) => ({ ...focusOn(panel)(view), picks: { ...view.picks, [panel]: { id, index: 0 } } });
}

/** Moves the selection, or scrolls, by `rows`; infinite goes to the end. */
export function moveBy(rows: number): (view: View) => Partial<View> {
  return (view) => {
    if (view.focus === 'right') return scrollBy(view, rows);
    const order = orderOf(view, view.focus);
    if (order.length === 0) return {};
    const at = order.indexOf(view.picks[view.focus].id ?? '');
    return picked(view, view.focus, order[clamp(at + rows, order.length - 1)]);
  };
}

function orderOf(view: View, panel: ListPanel): readonly string[] {
  if (panel === 'mail') return mailList(view.mail).map(({ id }) => id);
  if (panel === 'workers') return workerList(view.state).map(({ id }) => id);
  if (panel === 'queue') return queueList(view.state).map(({ id }) => id);
  const column = columnWith(view);
  return layoutOf(view).taskColumns && column ? taskColumns(view.state)[column].map(({ id }) => id) : taskOrder(view);
}

function picked(view: View, panel: ListPanel, id: string | undefined): Partial<View> {
  const pick: Pick = { id: id ?? null, index: 0 };
  return { picks: { ...view.picks, [panel]: pick } };
}

function scrollBy(view: View, rows: number): Partial<View> {
  const { key, document } = rightDocument(view);
  return {
    tops: {
      ...view.tops,
      [key]: clamp((view.tops[key] ?? 0) + rows, Math.max(0, document.rows.length - pageOf(view))),
    },
  };
}

/** Rows of the focused panel. */
export function pageOf(view: View): number {
  return Math.max(1, insideOf(layoutOf(view).panels[view.focus]?.height));
}

/** Left and right: between task columns, or between the files of a diff. */
export function sideways(step: 1 | -1): (view: View) => Partial<View> {
  return (view) => {
    if (view.focus === 'right') return toMark(view, step);
    const columns = taskColumns(view.state);
    const names = columnsShown(columns).filter((name) => columns[name].length > 0);
    const now = columnWith(view);
    const next = names[names.indexOf(now ?? 'pending') + step];
    if (!now || !next) return {};
    const at = columns[now].findIndex(({ id }) => id === view.picks.tasks.id) - (view.tops[`tasks:${now}`] ?? 0);
    const column = columns[next];
    return picked(view, 'tasks', column[clamp(at + (view.tops[`tasks:${next}`] ?? 0), column.length - 1)]?.id);
  };
}

function toMark(view: View, step: 1 | -1): Partial<View> {
  const { key, document } = rightDocument(view);
  const top = view.tops[key] ?? 0;
  const mark = step > 0 ? document.marks.find((each) => each > top) : document.marks.findLast((each) => each < top);
  return scrollBy(view, (mark ?? (step > 0 ? top : 0)) - top);
}

function clamp(value: number, high: number): number {
  return Math.max(0, Math.min(high, value));
}

/** Goes on to the next thing that waits for the operator. */
export function toNextNeed(view: View): Partial<View> {
  const needs = needsYou(view);
  const here = view.focus === 'right' ? listOf[view.right] : view.focus;
  const at = needs.findIndex(({ panel, id }) => panel === here && id === view.picks[panel].id);
  const next = needs[(at + 1) % needs.length];
  return next ? goTo(next.panel, next.id)(view) : {};
}

/** The next panel, or the one before. */
export function towards(step: 1 | -1): (view: View) => Partial<View> {
  return (view) => {
    // The mailbox and the queue have one place between them.
    const round = panels.filter((panel) => panel !== (view.right === 'mail' ? 'queue' : 'mail'));
    return focusOn(round.at((round.indexOf(view.focus) + step) % round.length) ?? 'workers')(view);
  };
}
