// The document of one task: what it is, where it stands, what it waits for, and its file as it is.
import type { Task } from '../../core/state.ts';
import { isUsed, usageLabel } from '../../core/usage.ts';
import { memo } from '../memo.ts';
import { wrap } from '../text.ts';
import type { Theme, Tone } from '../theme.ts';
import { short } from './diff-document.ts';
import type { Document, DocumentRow } from './document.ts';

/** `waits`: its dependencies that are not merged. `text`: its file, undefined while it is being read. */
export const taskDocument = memo(
  (task: Task, waits: string, text: string | undefined, width: number, theme: Theme): Document => {
    const rows: DocumentRow[] = [];
    const say = (line: string, tone: Tone = 'plain') => {
      for (const each of wrap(line, width, theme)) rows.push({ text: each, tone });
    };
    const separator = ` ${theme.glyph('separator')} `;
    say(task.summary || task.id, 'bold');
    const facts = [
      task.id,
      task.status,
      task.worker ? `by ${task.worker}` : '',
      task.priority === null ? '' : `priority ${task.priority}`,
    ];
    say(facts.filter(Boolean).join(separator), 'dim');
    if (task.change) say(`change ${short(task.change)}`, 'dim');
    if (waits) say(`waits for ${waits}`, 'warn');
    if (task.attempts > 0) say(`${task.attempts} ${task.attempts === 1 ? 'attempt' : 'attempts'} failed`, 'warn');
    if (isUsed(task.usage)) say(`used ${usageLabel(task.usage)}`, 'dim');
    if (task.reason) say(task.reason, task.status === 'merged' ? 'dim' : 'warn');
    rows.push({ text: '', tone: 'plain' }, { text: `tasks/${task.column}/${task.file}`, tone: 'dim' });
    say(text ?? `reading${theme.glyph('ellipsis')}`);
    return { rows, marks: [] };
  },
);
