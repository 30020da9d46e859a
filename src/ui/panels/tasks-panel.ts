// Panel 2: the tasks, in columns side by side or in one list with section heads.

import type { Rect } from '../layout.ts';
import { type Column, columnsShown, taskColumns, taskRows } from '../lists.ts';
import { taskHead, taskRow } from '../rows/task-row.ts';
import { layoutOf } from '../settle.ts';
import { widthOf } from '../text.ts';
import type { View } from '../view.ts';
import { emptyRows, framed, type PanelRows } from './panel.ts';

export const tasksPanel: PanelRows = (view, place) => {
  const columns = taskColumns(view.state);
  const total = Object.keys(view.state.tasks).length;
  const merged = columns.complete.length;
  const focused = view.focus === 'tasks';
  const corner = total > 0 ? `${merged} of ${total} complete` : '';
  const unreadable = Object.entries(view.state.unreadable);
  const foot = unreadable[0] ? `${unreadable.length} unreadable: ${unreadable[0].join(': ')}` : '';
  const content = { title: `2 Tasks ${total}`, corner, foot };
  if (total === 0) {
    const help = [
      'No tasks yet. Put a file in tasks/pending/, for example add-login.json:',
      '{"id": "add-login", "summary": "Add a login page"}',
    ];
    return framed(view, place, focused, { ...content, inner: emptyRows(help, place.width - 4, view) });
  }
  if (layoutOf(view).taskColumns) return framed(view, place, focused, { ...content, inner: columnRows(view, place) });
  const top = view.tops.tasks ?? 0;
  return framed(
    view,
    place,
    focused,
    { ...content, inner: listRows(view, place, top) },
    { top, total: taskRows(columns).length },
  );
};

function emphasisOf(view: View, id: string): 'none' | 'marked' | 'chosen' {
  if (id !== view.picks.tasks.id) return 'none';
  return view.focus === 'tasks' ? 'chosen' : 'marked';
}

function listRows(view: View, place: Rect, top: number): string[] {
  const width = place.width - 4;
  const rows = taskRows(taskColumns(view.state)).slice(top, top + place.height - 2);
  const idWidth = rows.reduce(
    (most, row) => ('task' in row ? Math.max(most, Math.min(24, widthOf(row.task.id))) : most),
    0,
  );
  return rows.map((row) =>
    'task' in row
      ? taskRow(row.task, view.state, idWidth, width, view.theme, emphasisOf(view, row.task.id))
      : taskHead(row.head, row.count, width, view.theme),
  );
}

/** Columns of equal width with a line between them; the first row names them. */
function columnRows(view: View, place: Rect): string[] {
  const columns = taskColumns(view.state);
  const names = columnsShown(columns);
  const room = place.width - 4 - (names.length - 1) * 3;
  const widths = names.map((_, at) => Math.floor(room / names.length) + (at < room % names.length ? 1 : 0));
  const line = ` ${view.theme.paint('dim', view.theme.glyph('vertical'))} `;
  const parts = names.map((name, at) => oneColumn(view, name, widths[at] ?? 0, place.height - 2));
  return Array.from({ length: place.height - 2 }, (_, row) => parts.map((part) => part[row]).join(line));
}

function oneColumn(view: View, name: Column, width: number, height: number): string[] {
  const list = taskColumns(view.state)[name];
  const top = view.tops[`tasks:${name}`] ?? 0;
  const rows = list
    .slice(top, top + height - 1)
    .map((task) => taskRow(task, view.state, 0, width, view.theme, emphasisOf(view, task.id)));
  const blank = Array.from({ length: height - 1 - rows.length }, () => ' '.repeat(width));
  return [taskHead(name, list.length, width, view.theme), ...rows, ...blank];
}
