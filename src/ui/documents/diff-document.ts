// The document of one change: what it is, what stands against it, its files, and its diff.

import { escapesLine, reviewOf } from '../../core/review.ts';
import type { Change } from '../../core/state.ts';
import { spanLabel } from '../age.ts';
import { baseOf } from '../facts.ts';
import { memo } from '../memo.ts';
import type { Diff } from '../ports.ts';
import { tame, wrap } from '../text.ts';
import { changeLooks, type Theme, type Tone } from '../theme.ts';
import type { Document, DocumentRow } from './document.ts';

const mostTail = 14;
/** Lines of one fact; the rest of the document must stay in reach. */
const mostFactLines = 4;

/** `diff` is undefined while it is being read, a text when it cannot be. */
export const diffDocument = memo(
  (change: Change, diff: Diff | string | undefined, width: number, theme: Theme): Document => {
    const rows: DocumentRow[] = [];
    const marks: number[] = [];
    const say = (text: string, tone: Tone = 'plain') => {
      for (const line of wrap(tame(text, theme), width, theme, mostFactLines)) rows.push({ text: line, tone });
    };
    const gap = () => rows.push({ text: '', tone: 'plain' });
    const { arrow, separator } = { arrow: theme.glyph('arrow'), separator: ` ${theme.glyph('separator')} ` };

    say(change.title, 'bold');
    const round = change.round > 0 ? [`sent back ${change.round}x before`] : [];
    say(
      [
        `${change.tasks.join(', ') || 'no task'}`,
        `by ${change.worker}`,
        changeLooks[change.status].word,
        ...round,
      ].join(separator),
      'dim',
    );
    say(
      `base ${short(baseOf(change))} ${arrow} head ${short(change.id)}${separator}${change.files.length} files +${change.added} -${change.removed}`,
    );
    if (change.landed) say(`merged as ${short(change.landed)}`, 'good');
    if (change.held) say(`held: ${change.held.reason}${listed(change.held.files)}`, 'warn');
    if (change.reason) say(change.reason, change.status === 'merged' ? 'dim' : 'warn');
    if (change.escapes.length > 0) say(`SCOPE_ESCAPE ${escapesLine(change)}`, 'warn');
    for (const side of change.conflict?.with ?? []) {
      say(
        `against ${short(side.commit)} ${side.subject}${side.worker ? ` (${[side.worker, ...side.tasks].join(', ')})` : ''}`,
        'special',
      );
    }
    if (change.conflict) say(`conflicting files: ${change.conflict.files.join(', ')}`, 'special');
    checkRows(change, theme, rows, say);
    reviewRows(change, theme, say);

    gap();
    for (const file of change.files) {
      const size = file.added === null ? 'binary' : `+${file.added} -${file.removed ?? 0}`;
      rows.push({ text: `${size.padStart(12)}  ${file.path}`, tone: 'plain' });
    }
    gap();
    if (diff === undefined) say(`reading the diff${theme.glyph('ellipsis')}`, 'dim');
    else if (typeof diff === 'string') say(`the diff cannot be shown: ${diff}`, 'bad');
    else {
      if (diff.omitted.length > 0) {
        say(`left out because it is too long: ${diff.omitted.join(', ')}`, 'warn');
        gap();
      }
      diffRows(diff.text, rows, marks);
    }
    return { rows, marks };
  },
);

function checkRows(change: Change, theme: Theme, rows: DocumentRow[], say: (text: string, tone?: Tone) => void): void {
  const checks = change.integration?.checks ?? [];
  if (!change.integration) say('checks have not run on this change', 'dim');
  else if (checks.length === 0) say('no checks are configured', 'dim');
  for (const check of checks) {
    const ended = check.ok ? '' : check.code === null ? ', did not end by itself' : `, exit ${check.code}`;
    say(
      `${theme.glyph(check.ok ? 'tick' : 'cross')} ${check.name}  ${spanLabel(check.durationMs)}${ended}`,
      check.ok ? 'good' : 'bad',
    );
    if (check.ok) continue;
    for (const line of check.tail.trimEnd().split('\n').slice(-mostTail)) rows.push({ text: `  ${line}`, tone: 'dim' });
  }
}

/** Who read it, and in which words. */
function reviewRows(change: Change, theme: Theme, say: (text: string, tone?: Tone) => void): void {
  const review = reviewOf(change);
  if (!review) return;
  say(`${theme.glyph(review.good ? 'tick' : 'cross')} ${review.text}`, review.good ? 'good' : 'warn');
  for (const line of change.review?.said.split('\n') ?? []) if (line.trim()) say(`  ${line}`, 'dim');
}

const lineTones: Readonly<Record<string, Tone>> = { '+': 'added', '-': 'removed', '@': 'hunk', '\\': 'dim' };

/** A file's own header becomes its path; what git adds to say (new file, rename) stays. */
function diffRows(text: string, rows: DocumentRow[], marks: number[]): void {
  let inHeader = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('diff --git ')) {
      if (marks.length > 0) rows.push({ text: '', tone: 'plain' });
      marks.push(rows.length);
      inHeader = true;
      rows.push({ text: pathOf(line), tone: 'title' });
    } else if (inHeader && /^(?:index |--- |\+\+\+ )/.test(line)) continue;
    else {
      if (line.startsWith('@@')) inHeader = false;
      rows.push({ text: line, tone: inHeader ? 'dim' : (lineTones[line[0] ?? ''] ?? 'plain') });
    }
  }
  while (rows.at(-1)?.text === '') rows.pop();
}

function pathOf(line: string): string {
  return / b\/(.*)$/.exec(line)?.[1] ?? line.slice('diff --git '.length);
}

function listed(files: readonly string[]): string {
  return files.length > 0 ? `: ${files.join(', ')}` : '';
}

export function short(sha: string): string {
  return sha.slice(0, 7);
}
