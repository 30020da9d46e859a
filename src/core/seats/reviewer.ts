// Reviewers read changes whose checks are green. One after the other of a chain is asked until one gives a verdict; when nobody can,
// the change goes on to the operator, and says so.
import { sendBack } from '../cycle.ts';
import type { Draft } from '../draft.ts';
import { logReview } from '../log.ts';
import { openChanges, workersOf } from '../select.ts';
import type { Verdict } from '../signals.ts';
import type { Change, Review, State, Worker } from '../state.ts';
import type { Life } from './contract.ts';
import { reviewersFor, sitsFor } from './kinds.ts';
import { presenceOf } from './presence.ts';

/** Turns without a verdict before the next reviewer is asked. */
const mostSilent = 2;

const unread: Review = { verdict: null, by: null, said: '', failed: [], silent: 0 };

/** The checks of a change are green: it goes to its reviewers, or straight on where there are none or its head was approved before. */
export function beginReview(draft: Draft, change: Change): void {
  const isDue = chainOf(draft.state, change).length > 0 && change.review?.verdict !== 'approved';
  if (isDue) draft.moveChange(change.id, 'reviewing', { review: unread });
  else draft.moveChange(change.id, 'awaiting-approval');
}

export const reviewer: Life = {
  offer(draft, ready, begin) {
    const free = new Set(ready.map(({ id }) => id));
    for (const change of openChanges(draft.state)) {
      if (change.status !== 'reviewing' || isBeingRead(draft.state, change)) continue;
      const next = nextReader(draft.state, change, free);
      if (next === 'nobody') draft.moveChange(change.id, 'awaiting-approval', { review: givenUp(draft.state, change) });
      if (typeof next === 'string') continue;
      free.delete(next.id);
      const note = change.review?.silent ? again : '';
      begin(next, {
        kind: 'review',
        note,
        suggested: null,
        review: change.id,
        fresh: { base: change.id, why: 'review' },
      });
    }
  },
  heed(draft, { worker, signals, said }, turn) {
    const change = readChange(draft.state, turn.review);
    if (!change) return;
    if (signals.verdict) decide[signals.verdict](draft, change, worker, said);
    else if (change.review.silent + 1 < mostSilent)
      draft.change(change.id, { review: { ...change.review, silent: change.review.silent + 1 } });
    else fail(draft, change, worker, `gave no verdict in ${mostSilent} turns`);
  },
  cutOff(draft, worker, turn, _, why) {
    const change = readChange(draft.state, turn.review);
    if (change && why !== null) fail(draft, change, worker, why);
  },
  giveUp() {},
};

const again =
  'No verdict was read from the turn before. End with one line, alone and outside of code blocks: VERDICT: APPROVED or VERDICT: NEEDS_CHANGES.';

const decide: Readonly<Record<Verdict, (draft: Draft, change: Read, by: string, said: string) => void>> = {
  approved(draft, change, by, said) {
    draft.moveChange(change.id, 'awaiting-approval', { review: { ...change.review, verdict: 'approved', by, said } });
    logReview(draft, change, { by, verdict: 'approved', output: said });
  },
  'needs-changes'(draft, change, by, said) {
    const reason = `${by} wants changes`;
    const review: Review = { ...change.review, verdict: 'needs-changes', by, said };
    draft.moveChange(change.id, 'rejected', { review, reason });
    logReview(draft, change, { by, verdict: 'needs-changes', output: said });
    draft.notice('warn', `${change.id.slice(0, 7)} ${reason}; back to ${change.worker}`);
    const note = `The reviewer found issues with your change ${change.id.slice(0, 7)}:\n\n${said}\n\nMend what is named, and nothing else, in this worktree, then hand in again.`;
    if (sendBack(draft, change.id, reason, said, 'rejected'))
      draft.worker(change.worker, { next: { kind: 'feedback', note } });
  },
};

type Read = Change & { review: Review };

/** The change that a turn was about, while its verdict still counts. */
function readChange(state: State, id: string | null): Read | null {
  const change = state.changes[id ?? ''];
  return change?.status === 'reviewing' && change.review ? { ...change, review: change.review } : null;
}

/** The reviewer in this seat is not asked again about this change. */
function fail(draft: Draft, { id, review }: Read, seat: string, why: string): void {
  draft.notice('warn', `${seat} did not review ${id.slice(0, 7)}: ${why}`);
  draft.change(id, { review: { ...review, failed: [...review.failed, { by: seat, why }], silent: 0 } });
}

/** A turn on it is in flight, or a checkout is being brought to it (or back to it). */
function isBeingRead({ workers, pending }: State, { id }: Change): boolean {
  return (
    Object.values(workers).some(({ turn }) => turn?.review === id) ||
    Object.values(pending).some(({ effect }) => effect.type === 'worktree.reset' && effect.base === id)
  );
}

/**
 * The seat that reads the change next. A reviewer that is only busy is waited for; one that is away is passed over, but waited for when
 * a limit keeps it and nobody else is left.
 */
function nextReader(state: State, change: Change, free: ReadonlySet<string>): Worker | 'wait' | 'nobody' {
  let later = false;
  for (const seats of chainOf(state, change)) {
    const ready = seats.filter(({ id }) => free.has(id));
    const best = ready.find(({ worktree }) => worktree?.base === change.id) ?? ready[0];
    if (best) return best;
    const there = seats.map(presenceOf);
    if (there.includes('here')) return 'wait';
    later ||= there.includes('later');
  }
  return later ? 'wait' : 'nobody';
}

/** The reviewers of a change that have not failed on it, each as its seats. */
function chainOf(state: State, change: Change): Worker[][] {
  const worker = state.workers[change.worker];
  if (!state.swarm || !worker) return [];
  const failed = change.review?.failed.map(({ by }) => by) ?? [];
  const seats = workersOf(state).filter(({ seat }) => seat === 'reviewer');
  return reviewersFor(state.swarm.config, worker.spec)
    .map((each) => seats.filter(({ spec }) => sitsFor(spec, each)))
    .filter((each) => !each.some(({ id }) => failed.includes(id)));
}

/** Why nobody of the chain gives a verdict: those that failed on it, and those that are away. */
function givenUp(state: State, change: Change): Review {
  const away = chainOf(state, change)
    .flat()
    .map(({ id, status, why }) => ({ by: id, why: `is ${status}${why ? ` (${why})` : ''}` }));
  const review = change.review ?? unread;
  return { ...review, failed: [...review.failed, ...away] };
}
