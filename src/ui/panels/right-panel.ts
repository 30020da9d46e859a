// Panels 4 and 5, the task and the message: what the right side shows of the selection.

import { ageLabel } from '../age.ts';
import { short } from '../documents/diff-document.ts';
import { paintDocument } from '../documents/document.ts';
import { dueLabel } from '../rows/mail-row.ts';
import { insideOf, rightDocument } from '../settle.ts';
import { fillColoured } from '../text.ts';
import { type Theme, workerLooks } from '../theme.ts';
import { changeIn, mailIn, type Right, taskIn, type View, workerIn } from '../view.ts';
import { emptyRows, framed, type PanelRows } from './panel.ts';

export const rightPanel: PanelRows = (view, place) => {
  const focused = view.focus === 'right';
  const height = insideOf(place.height);
  const width = place.width - 4;
  if (view.right === 'pane')
    return framed(view, place, focused, {
      title: paneTitle(view),
      corner: workerIn(view)?.pane ? 'Enter attaches' : '',
      inner: paneRows(view, height, width),
    });
  const { key, document } = rightDocument(view);
  const top = view.tops[key] ?? 0;
  if (document.rows.length === 0) {
    const inner = emptyRows([help[view.right]], width, view);
    return framed(view, place, focused, { title: titleOf(view), inner });
  }
  const inner = paintDocument(document, top, height, width, view.theme);
  const corner = view.right === 'mail' ? dueOf(view) : '';
  return framed(view, place, focused, { title: titleOf(view), corner, inner }, { top, total: document.rows.length });
};

const help: Readonly<Record<Right, string>> = {
  pane: 'The pane of the worker you select (1).',
  diff: 'The diff of the change you select in the review queue (3).',
  task: 'The task you select (2).',
  mail: 'The message you select.',
};

function dueOf(view: View): string {
  const mail = mailIn(view);
  return mail ? dueLabel(mail, view.now) : '';
}

function titleOf(view: View): string {
  if (view.right === 'mail') return `Message from ${mailIn(view)?.from ?? ''}`;
  if (view.right === 'task') return `Task ${taskIn(view)?.id ?? ''}`;
  const change = changeIn(view);
  return change ? `5 Diff ${short(change.id)} ${change.tasks.join(', ')}` : '5 Diff';
}

function paneTitle(view: View): string {
  const worker = workerIn(view);
  if (!worker) return '4 Pane';
  const parts = [worker.id, workerLooks[worker.status].word, evidence(view, worker.id)];
  return `4 Pane ${parts.filter(Boolean).join(` ${view.theme.glyph('separator')} `)}`;
}

/** What tells that a harness with a terminal UI of its own is at work, and how old that is: people judge by it. */
function evidence({ live, now }: View, worker: string): string {
  const { source = 'runner', lastOutputAt = null } = live[worker] ?? {};
  return source === 'runner' ? '' : `by ${source} ${ageLabel(lastOutputAt, now)}`;
}

function paneRows(view: View, height: number, width: number): string[] {
  const worker = workerIn(view);
  const shown = view.screen?.worker === worker?.id ? view.screen : null;
  if (!worker) return emptyRows([help.pane], width, view);
  if (!shown) return [];
  if (!shown.rows) return emptyRows([`${worker.id} has no pane now.`], width, view);
  return screenRows(shown.rows, height, width, view.theme);
}

/** The end of a pane: blank rows below its text are not worth the room. */
export function screenRows(rows: readonly string[], height: number, width: number, theme: Theme): string[] {
  const last = rows.findLastIndex((row) => row.replace(/\x1b\[[\d;:]*m/g, '').trim() !== '');
  const kept = rows.slice(0, last + 1);
  return kept.slice(-height).map((row) => fillColoured(row, width, theme));
}
