// What the review of a change came to: asked by rules, face and command line alike.
import type { Verdict } from './signals.ts';
import type { Change } from './state.ts';

/** Whether it waits for approval without a verdict of those who should have reviewed it: no policy approves that. */
export function isUnreviewed({ status, review }: Change): boolean {
  return status === 'awaiting-approval' && review !== null && review.verdict === null;
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
