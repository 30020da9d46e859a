// One task as one line, and the heads of columns and sections.
import { heldUpBy } from '../../core/select.ts';
import type { State, Task } from '../../core/state.ts';
import type { Column } from '../lists.ts';
import { widthOf } from '../text.ts';
import type { Theme, Tone } from '../theme.ts';
import { cellRow, type Emphasis, restOf } from './cells.ts';

const columnTones: Readonly<Record<Column, Tone>> = {
  pending: 'title',
  current: 'good',
  review: 'ask',
  blocked: 'bad',
  complete: 'dim',
};

export function taskHead(column: Column, count: number, width: number, theme: Theme): string {
  return cellRow([{ text: `${column} ${count}`, width, tone: columnTones[column] }], theme);
}

/** `idWidth`: where summaries begin, so that they stand in line; 0 where there is no room for that. */
export function taskRow(
  task: Task,
  state: State,
  idWidth: number,
  width: number,
  theme: Theme,
  emphasis: Emphasis,
): string {
  const note = noteOf(task, state);
  const side = note.text ? Math.min(widthOf(note.text), Math.floor(width / 3)) : 0;
  const room = restOf(width, [1, side]);
  const id = Math.min(room, Math.max(idWidth, widthOf(task.id)));
  const summary = task.summary === task.id ? 0 : restOf(room, [id, 0]);
  const tone = task.status === 'merged' ? 'dim' : 'plain';
  return cellRow(
    [
      { text: ' ', width: 1 },
      { text: task.id, width: summary > 5 ? id : room, tone },
      { text: ` ${task.summary}`, width: summary > 5 ? summary : 0, tone: 'dim' },
      { text: note.text, width: side, align: 'right', tone: note.tone },
    ],
    theme,
    emphasis,
  );
}

/** Whose it is, what it waits for, or why it is blocked. */
function noteOf(task: Task, state: State): { text: string; tone: Tone } {
  if (task.status === 'blocked') return { text: task.reason ?? `${task.attempts} failed`, tone: 'bad' };
  if (task.status === 'claimed' || task.status === 'handed-in') return { text: task.worker ?? '', tone: 'busy' };
  if (task.status === 'merged') return { text: '', tone: 'dim' };
  const waits = heldUpBy(state, task);
  if (waits.length > 0) return { text: `after ${waits.join(', ')}`, tone: 'warn' };
  return { text: task.attempts > 0 ? `try ${task.attempts + 1}` : '', tone: 'warn' };
}
