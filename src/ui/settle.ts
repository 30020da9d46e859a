// Makes a view consistent after any change: selections follow identity, windows follow selections, what is over is forgotten.
import { heldUpBy } from '../core/select.ts';
import { emptyState, type State } from '../core/state.ts';
import { diffDocument } from './documents/diff-document.ts';
import { type Document, emptyDocument } from './documents/document.ts';
import { mailDocument } from './documents/mail-document.ts';
import { taskDocument } from './documents/task-document.ts';
import { factsOf } from './facts.ts';
import { type Layout, layoutFor, type Panel } from './layout.ts';
import {
  type Column,
  columnsShown,
  mailList,
  queueList,
  sectionsShown,
  taskColumns,
  taskRows,
  workerList,
} from './lists.ts';
import { memo } from './memo.ts';
import { changeIn, mailIn, type Pick, taskIn, type View } from './view.ts';

export function settle(view: View): View {
  const picks = {
    workers: settlePick(ids(workerList(view.state)), view.picks.workers),
    tasks: settlePick(taskOrder(view), view.picks.tasks),
    queue: settlePick(ids(queueList(view.state)), view.picks.queue),
    mail: settlePick(ids(mailList(view.mail)), view.picks.mail),
  };
  const settled = { ...view, picks, sent: stillSent(view), message: stillTrue(view) };
  return { ...settled, tops: settleTops(settled) };
}

const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id);

/** The same one if it is still there, else the one that took its place. */
export function settlePick(order: readonly string[], pick: Pick): Pick {
  const at = pick.id === null ? -1 : order.indexOf(pick.id);
  const index = at >= 0 ? at : Math.max(0, Math.min(pick.index, order.length - 1));
  const id = order[index] ?? null;
  return id === pick.id && index === pick.index ? pick : { id, index };
}

/** First visible row so that row `index` of `count` is among the `height` visible ones; moves as little as it can. */
export function topFor(count: number, height: number, index: number, top: number): number {
  const last = Math.max(0, count - height);
  const near = index < top ? index : index >= top + height ? index - height + 1 : top;
  return Math.max(0, Math.min(near, last));
}

function stillSent({ sent, state }: View): View['sent'] {
  const change = sent ? state.changes[sent.change] : undefined;
  return change && factsOf(change) === sent?.facts ? sent : null;
}

function stillTrue({ message, mail }: View): View['message'] {
  return message?.about === undefined || mail.some(({ id }) => id === message.about) ? message : null;
}

export function layoutOf({ size, focus, zoom, right, state, mail }: View): Layout {
  return layoutWith(
    size,
    focus,
    zoom,
    right === 'mail' ? mail.length : null,
    state.workers,
    state.tasks,
    state.changes,
  );
}

const layoutWith = memo(
  (
    size: View['size'],
    focus: Panel,
    zoom: boolean,
    mail: number | null,
    workers: State['workers'],
    tasks: State['tasks'],
    changes: State['changes'],
  ): Layout => {
    const state = { ...emptyState, workers, tasks, changes };
    const sections = sectionsShown(taskColumns(state)).length;
    const rows = {
      workers: Object.keys(workers).length,
      tasks: Object.keys(tasks).length + sections,
      queue: queueList(state).length,
      mail: mail ?? 0,
    };
    return layoutFor(size, { focus, zoom, mailbox: mail !== null, rows });
  },
);

/** Task ids in the order that j and k walk, over all columns. */
export function taskOrder(view: View): string[] {
  const columns = taskColumns(view.state);
  const names = layoutOf(view).taskColumns ? columnsShown(columns) : sectionsShown(columns);
  return names.flatMap((name) => columns[name].map(({ id }) => id));
}

/** The column that holds the selected task. */
export function columnWith(view: View): Column | undefined {
  const columns = taskColumns(view.state);
  const task = taskIn(view);
  return task && columnsShown(columns).find((name) => columns[name].includes(task));
}

/** Rows inside a panel's border. */
export const insideOf = (height: number | undefined) => Math.max(0, (height ?? 0) - 2);

/** What the right panel shows as a document; the pane is none. `key` names its place in `tops`. */
export function rightDocument(view: View, layout = layoutOf(view)): { key: string; document: Document } {
  const width = Math.max(0, (layout.panels.right?.width ?? 0) - 4);
  const change = changeIn(view);
  const task = taskIn(view);
  if (view.right === 'diff' && change) {
    return { key: `diff:${change.id}`, document: diffDocument(change, view.diffs[change.id], width, view.theme) };
  }
  if (view.right === 'task' && task) {
    const waits = heldUpBy(view.state, task).join(', ');
    return { key: `task:${task.id}`, document: taskDocument(task, waits, view.taskTexts[task.id], width, view.theme) };
  }
  const mail = mailIn(view);
  if (view.right === 'mail' && mail) {
    return { key: `mail:${mail.id}`, document: mailDocument(mail, view.mailTexts[mail.id], width, view.theme) };
  }
  return { key: view.right, document: emptyDocument };
}

function settleTops(view: View): View['tops'] {
  const layout = layoutOf(view);
  const { picks, tops } = view;
  const height = (panel: Panel) => insideOf(layout.panels[panel]?.height);
  const next: Record<string, number> = {};
  const follow = (key: string, count: number, rows: number, index: number | null) => {
    next[key] = topFor(count, rows, index ?? tops[key] ?? 0, tops[key] ?? 0);
  };
  follow('workers', workerList(view.state).length, height('workers'), picks.workers.index);
  follow('queue', queueList(view.state).length, height('queue'), picks.queue.index);
  follow('mail', view.mail.length, height('mail'), picks.mail.index);
  followTasks(view, layout, height('tasks'), follow);
  const { key, document } = rightDocument(view, layout);
  const rightAt = Math.min(tops[key] ?? 0, document.rows.length - 1);
  next[key] = topFor(document.rows.length, height('right'), Math.max(0, rightAt), tops[key] ?? 0);
  next.help = tops.help ?? 0;
  const keys = Object.keys(next);
  return keys.length === Object.keys(tops).length && keys.every((each) => next[each] === tops[each]) ? tops : next;
}

function followTasks(
  view: View,
  layout: Layout,
  height: number,
  follow: (key: string, count: number, rows: number, index: number | null) => void,
): void {
  const columns = taskColumns(view.state);
  const task = taskIn(view);
  if (!layout.taskColumns) {
    const rows = taskRows(columns);
    const at = rows.findIndex((row) => 'task' in row && row.task === task);
    // The first task of a section brings the section's head into sight.
    const before = rows[at - 1];
    const shown = before && 'head' in before && at - 1 < (view.tops.tasks ?? 0) ? at - 1 : at;
    follow('tasks', rows.length, height, at < 0 ? null : shown);
    return;
  }
  for (const name of columnsShown(columns)) {
    const at = task ? columns[name].indexOf(task) : -1;
    follow(`tasks:${name}`, columns[name].length, height - 1, at < 0 ? null : at);
  }
}
