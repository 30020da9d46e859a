// One change as one line: status, head, tasks, worker, files and lines, checks, how long.
import { escapesLine, isUnreviewed } from '../../core/review.ts';
import type { Change } from '../../core/state.ts';
import { ageLabel } from '../age.ts';
import { short } from '../documents/diff-document.ts';
import { changeLooks, type Look, type Theme, type Tone } from '../theme.ts';
import { cellRow, type Emphasis, restOf } from './cells.ts';

export function changeRow(
  change: Change,
  options: { now: number; isSent: boolean; idWidth: number },
  width: number,
  theme: Theme,
  emphasis: Emphasis,
): string {
  const look = changeLook(change, options.isSent);
  const done = change.status === 'merged' || change.status === 'withdrawn' || change.status === 'rejected';
  const checks = checksLabel(change, theme);
  const wide = width >= 66;
  const widths = {
    status: 11,
    head: 7,
    worker: options.idWidth,
    files: wide ? 4 : 0,
    size: wide ? 10 : width >= 54 ? 9 : 0,
    checks: 5,
    age: wide ? 3 : 0,
  };
  const tasks = restOf(width, [1, ...Object.values(widths)]);
  return cellRow(
    [
      { text: ' ', width: 1 },
      { text: `${theme.glyph(look.glyph)} ${look.word}`, width: widths.status, tone: look.tone },
      { text: short(change.id), width: widths.head, tone: 'dim' },
      { text: tasksLabel(change, theme), width: tasks, tone: done ? 'dim' : 'plain' },
      { text: change.worker, width: widths.worker, tone: done ? 'dim' : 'bold' },
      { text: `${change.files.length}f`, width: widths.files, align: 'right', tone: 'dim' },
      { text: `+${change.added} -${change.removed}`, width: widths.size, align: 'right', tone: done ? 'dim' : 'plain' },
      { text: checks.text, width: widths.checks, tone: checks.tone },
      { text: ageLabel(change.since, options.now), width: widths.age, align: 'right', tone: 'dim' },
    ],
    theme,
    emphasis,
  );
}

export function changeLook(change: Change, isSent: boolean): Look {
  if (change.held && (change.status === 'queued' || change.status === 'merging')) return changeLooks.held;
  return changeLooks[isSent ? 'sent' : change.status];
}

/** What holds it, or why it went back; after the tasks, where there is room. */
function tasksLabel(change: Change, theme: Theme): string {
  const tasks = change.tasks.join(', ') || change.title;
  const why =
    change.held?.reason ?? change.reason ?? escapesLine(change) ?? (isUnreviewed(change) ? 'not reviewed' : null);
  return why ? `${tasks} ${theme.glyph('separator')} ${why}` : tasks;
}

/** `✓2/2`, `✗1/3`; dots while they run. */
export function checksLabel(change: Change, theme: Theme): { text: string; tone: Tone } {
  const checks = change.integration?.checks;
  if (!checks) return { text: change.status === 'checking' ? theme.glyph('ellipsis') : '', tone: 'dim' };
  if (checks.length === 0) return { text: '-', tone: 'dim' };
  const green = checks.filter(({ ok }) => ok).length;
  const all = green === checks.length;
  return { text: `${theme.glyph(all ? 'tick' : 'cross')}${green}/${checks.length}`, tone: all ? 'good' : 'bad' };
}
