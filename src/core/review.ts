// What the review of a change came to: asked by rules, face and command line alike.
import type { Verdict } from './signals.ts';
import type { Change } from './state.ts';

/** Whether it waits for approval without a verdict of those who should have reviewed it: no policy approves that. */
export function isUnreviewed({ status, review }: Change): boolean {
  return status === 'awaiting-approval' && review !== null && review.verdict === null;
}

/** Whether no policy may approve it by itself. */
export function needsPerson(change: Change): boolean {
  return isUnreviewed(change) || (change.status === 'awaiting-approval' && change.escapes.length > 0);
}

/** A list of files in one line. */
export function filesLine(paths: readonly string[]): string {
  return `${paths.slice(0, mostNamed).join(', ')}${paths.length > mostNamed ? ', …' : ''}`;
}
/** Files named in one line. */
const mostNamed = 3;

/** Which files of a change were not its worker's to change, in one line; null when all were. */
export function escapesLine({ escapes }: Pick<Change, 'escapes'>): string | null {
  if (escapes.length === 0) return null;
  return `${escapes.length} file${escapes.length === 1 ? '' : 's'} outside its task: ${filesLine(escapes)}`;
}

/** Who has approved a change before the operator, or why nobody has; null where nobody reviews, or not yet. */
export function reviewOf(change: Change): { good: boolean; text: string } | null {
  const { review } = change;
  if (!review) return null;
  if (review.verdict)
    return { good: review.verdict === 'approved', text: `${wordsOf[review.verdict]} by ${review.by}` };
  const why = review.failed.map(({ by, why }) => `${by} ${why}`).join('; ');
  return change.status === 'reviewing' || !why ? null : { good: false, text: `not reviewed: ${why}` };
}
const wordsOf: Readonly<Record<Verdict, string>> = { approved: 'approved', 'needs-changes': 'changes wanted' };
