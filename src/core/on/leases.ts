// Events of leases: told to who had them, and to the operator; and what it means for a change that it went beyond them.
import { sendBack } from '../cycle.ts';
import type { Draft } from '../draft.ts';
import type { EventOf } from '../event.ts';
import { logReview } from '../log.ts';
import { escapesLine, filesLine } from '../review.ts';
import { beginReview } from '../seats/reviewer.ts';
import type { Change, Worker } from '../state.ts';

type Changed = EventOf<'leases.changed'>;

export const onLeases = {
  'leases.changed': (draft: Draft, { ended, expiring, problems }: Changed) => {
    for (const lease of ended) {
      const { how, by, why, owner, patterns } = lease;
      const what = `the lease of ${owner} on ${patterns.join(' ')} ${words[how]}`;
      const text = how === 'forced' ? `${what} by ${by}${why ? `: ${why}` : ''}` : what;
      draft.notice(how === 'expired' ? 'info' : 'warn', text);
      const subject = how === 'forced' ? 'LEASE_FORCED' : 'LEASE_RELEASED';
      tell(
        draft,
        lease,
        { subject, reason: text, advice: 'Ask again before you go on there: oompa lease acquire' },
        how,
      );
    }
    for (const lease of expiring) {
      const what = {
        subject: 'LEASE_EXPIRING',
        reason: 'nothing renews it',
        advice: 'Go on with it: oompa lease renew',
      };
      tell(draft, lease, what, lease.until);
    }
    for (const problem of problems) draft.notice('warn', `leases: ${problem}`);
  },
  'change.fenced': (draft: Draft, { change: id, lost }: EventOf<'change.fenced'>) => {
    const change = draft.state.changes[id];
    const files = filesLine(lost.map(({ path }) => path));
    const reason = `${lost[0]?.by ?? 'another'} was granted ${files} while ${change?.worker} lost it`;
    if (!change || !draft.moveChange(id, 'rejected', { reason, approval: null })) return;
    const note = fencedNote(lost);
    logReview(draft, change, { by: 'merge', verdict: 'needs-changes', output: note });
    draft.notice('warn', `${id.slice(0, 7)} ${reason}; back to ${change.worker}`);
    if (sendBack(draft, id, reason, note, 'rejected'))
      draft.worker(change.worker, { next: { kind: 'feedback', note } });
  },
};

/** Green: on to the review, or to the merge; unless it is out of bounds where that was not seen when it was approved. */
export function judgeBounds(draft: Draft, before: Change, change: Change): void {
  const line = escapesLine(change);
  const isNews = change.escapes.some((path) => !before.escapes.includes(path));
  if (line && isNews) draft.notice('warn', `SCOPE_ESCAPE ${change.id.slice(0, 7)} by ${change.worker}: ${line}`);
  if (before.status === 'checking') beginReview(draft, change);
  else if (isNews) draft.moveChange(change.id, 'lapsed', { reason: line, approval: null });
}

const words: Readonly<Record<Changed['ended'][number]['how'], string>> = {
  expired: 'has expired',
  dead: 'ended with its holder',
  forced: 'was taken',
};

function fencedNote(lost: EventOf<'change.fenced'>['lost']): string {
  const files = lost.map(({ path, by, task }) => `- ${path}: now ${by}'s${task ? ` for ${task}` : ''}`);
  return [
    'The lease that you changed these files under was lost, and somebody else was granted it since:',
    ...files,
    'Look at what they do there, and merge the base branch. Then leave these files as they are on the base, or get a lease again (oompa lease acquire <file> --wait 10m) and bring your work up to date; hand in again.',
  ].join('\n');
}

/** To a worker in the midst of something; for one that is free it is worth no turn. */
function tell(
  draft: Draft,
  lease: Changed['expiring'][number],
  { subject, reason, advice }: { subject: string; reason: string; advice: string },
  key: string,
): void {
  const worker = draft.state.workers[lease.owner];
  if (!worker || !isBusy(worker)) return;
  const named = `${subject}: ${lease.patterns.join(' ')}`.slice(0, 200);
  const paths = lease.patterns.map((pattern) => `- ${pattern}`).join('\n');
  const head = `Holder: ${lease.owner}\nUntil: ${lease.until}`;
  const body = `${head}\n\n## Paths\n${paths}\n\n## Reason\n${reason}\n\n## Recommendation\n${advice}`;
  draft.ask({ type: 'mail.tell', to: worker.id, subject: named, body, key: `lease-${lease.fence}-${key}` });
}

function isBusy({ status, turn, claims, change }: Worker): boolean {
  return status !== 'stopping' && status !== 'stopped' && (turn !== null || claims.length > 0 || change !== null);
}
