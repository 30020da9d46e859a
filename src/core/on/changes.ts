// Events of changes: handed in, merged onto the base and checked, approved, landed, or sent back.
import { endFailedCycle, endMergedCycle, goOn, lookedAround, sendBack } from '../cycle.ts';
import { type Draft, later } from '../draft.ts';
import type { CheckResult, ConflictSide, EventOf } from '../event.ts';
import { logReview } from '../log.ts';
import { checksDigest, isGreen } from '../select.ts';
import type { Change } from '../state.ts';
import { judgeBounds } from './leases.ts';

/** How long a change that the operator's files hold up waits before the next try: longer, the longer it has waited. */
function heldMs(change: Change, at: string): number {
  const waited = Date.parse(at) - Date.parse(change.approval?.at ?? at);
  return Math.min(60_000, Math.max(5_000, waited / 2));
}

export const onChanges = {
  'work.committed': (draft: Draft, event: EventOf<'work.committed'>) => {
    const worker = draft.state.workers[event.worker];
    if (!worker || worker.status === 'stopping' || worker.status === 'stopped') return;
    const known = draft.state.changes[event.head];
    if (event.markers.length > 0) {
      again(
        draft,
        event.worker,
        'conflict',
        `Conflict markers are left in: ${event.markers.join(', ')}. Resolve them, run the checks, and hand in again.`,
      );
    } else if (known && known.status !== 'merged') {
      again(
        draft,
        event.worker,
        'feedback',
        `Nothing changed since this work was sent back (${known.reason ?? known.status}). Mend it, then hand in again.`,
      );
    } else if (!known) handIn(draft, event);
  },
  'work.empty': (draft: Draft, { worker: id }: EventOf<'work.empty'>) => {
    const worker = draft.state.workers[id];
    if (!worker || worker.status === 'stopping' || worker.status === 'stopped') return;
    if (worker.claims.length === 0 && (worker.leaving || worker.suggested === null)) lookedAround(draft, id);
    else if (worker.claims.length === 0)
      goOn(draft, id, 'continue', 'You handed in, but you hold no task and nothing differs from the base.', null);
    else
      again(
        draft,
        id,
        'feedback',
        'You handed in, but nothing in your worktree differs from the base. Do the work of your claims, or print NEEDS_FOLLOWUP and say why there is nothing to do.',
      );
  },
  'change.integrated': (draft: Draft, event: EventOf<'change.integrated'>) => {
    const change = draft.state.changes[event.change];
    if (!change || (change.status !== 'checking' && change.status !== 'merging')) return;
    const { base, commit, tree, checks, escapes } = event;
    draft.change(event.change, { integration: { base, commit, tree, checks }, escapes });
    const now = draft.state.changes[event.change];
    if (now && !isGreen(now)) {
      const reason = `checks failed: ${checks
        .filter((check) => !check.ok)
        .map((check) => check.name)
        .join(', ')}`;
      const note = redNote(checks);
      draft.moveChange(event.change, 'rejected', { reason });
      logReview(draft, change, { by: 'checks', verdict: 'needs-changes', output: note });
      draft.notice('warn', `${event.change.slice(0, 7)} ${reason}; back to ${change.worker}`);
      if (sendBack(draft, event.change, reason, note, 'rejected'))
        draft.worker(change.worker, { next: { kind: 'feedback', note } });
    } else if (now) judgeBounds(draft, change, now);
  },
  'change.conflicted': (draft: Draft, event: EventOf<'change.conflicted'>) => {
    const change = draft.state.changes[event.change];
    if (!change) return;
    const reason = `conflicts with ${sides(event.with) || 'the base branch'} in ${event.files.join(', ')}`;
    if (!draft.moveChange(event.change, 'conflicted', { conflict: { files: event.files, with: event.with }, reason }))
      return;
    const note = conflictNote(change, event);
    logReview(draft, change, { by: 'merge', verdict: 'needs-changes', output: note });
    draft.notice('warn', `${event.change.slice(0, 7)} ${reason}; back to ${change.worker}`);
    if (!sendBack(draft, event.change, reason, note, 'sync-failed')) return;
    draft.worker(change.worker, { next: { kind: 'conflict', note } });
    draft.ask({ type: 'conflict.open', worker: change.worker, base: event.base });
  },
  'conflict.opened': (draft: Draft, event: EventOf<'conflict.opened'>) => {
    const worker = draft.state.workers[event.worker];
    if (worker?.next?.kind !== 'conflict') return;
    if (event.files.length > 0) return;
    // The base merged clean after all: hand the result in without bothering the agent.
    draft.worker(event.worker, { next: null });
    draft.ask({ type: 'work.commit', worker: event.worker, tasks: worker.claims, cycle: worker.cycle });
  },
  'change.landed': (draft: Draft, event: EventOf<'change.landed'>) => {
    const change = draft.state.changes[event.change];
    const base = draft.state.swarm?.base;
    if (!change || !base || !draft.moveChange(event.change, 'merged', { landed: event.commit, held: null })) return;
    draft.swarm({ base: { ...base, sha: event.commit } });
    draft.notice('info', `merged ${change.id.slice(0, 7)} ${change.title}`);
    for (const id of change.tasks) draft.moveTask(id, 'merged', { change: change.id, reason: null });
    if (change.tasks.length > 0) {
      draft.ask({
        type: 'tasks.complete',
        tasks: change.tasks,
        worker: change.worker,
        commit: event.commit,
        rounds: change.round,
        at: draft.at,
      });
    }
    if (draft.state.workers[change.worker]?.change === change.id) endMergedCycle(draft, change, event.commit);
  },
  'change.raced': (draft: Draft, event: EventOf<'change.raced'>) => {
    const base = draft.state.swarm?.base;
    if (base) draft.swarm({ base: { ...base, sha: event.base } });
    draft.moveChange(event.change, 'queued');
  },
  'change.held': (draft: Draft, event: EventOf<'change.held'>) => {
    const change = draft.state.changes[event.change];
    if (!change) return;
    const before = change.held;
    const held = { reason: event.reason, files: event.files, retryAt: later(draft.at, heldMs(change, draft.at)) };
    if (draft.moveChange(event.change, 'queued', { held }) && before?.reason !== event.reason) {
      draft.notice('warn', `${event.change.slice(0, 7)} is approved but cannot land: ${event.reason}`);
    }
  },
  'change.approve-asked': (draft: Draft, event: EventOf<'change.approve-asked'>) => {
    const change = draft.state.changes[event.change];
    const name = event.change.slice(0, 7);
    if (change?.status === 'lapsed') draft.moveChange(change.id, 'handed-in', { reason: null, integration: null });
    else if (change?.status !== 'awaiting-approval') {
      draft.notice(
        'warn',
        `${name} was not approved: ${change ? `it is ${change.status}` : 'there is no such change'}`,
      );
    } else if (
      event.head !== change.id ||
      event.base !== change.integration?.base ||
      event.checks !== checksDigest(change)
    ) {
      draft.notice('warn', `${name} was not approved: it changed since you looked; look again`);
    } else approve(draft, change, event.by);
  },
  'change.reject-asked': (draft: Draft, event: EventOf<'change.reject-asked'>) => {
    const change = draft.state.changes[event.change];
    const name = event.change.slice(0, 7);
    if (!change || !draft.moveChange(event.change, 'rejected', { reason: event.note || 'rejected', approval: null })) {
      draft.notice(
        'warn',
        `${name} was not rejected: ${change ? `it is ${change.status}` : 'there is no such change'}`,
      );
      return;
    }
    logReview(draft, change, { by: event.by, verdict: 'needs-changes', output: event.note });
    const note = `The ${event.by} looked at your work and sent it back:\n\n${event.note || '(no note)'}\n\nMend it in this worktree and hand in again.`;
    if (sendBack(draft, event.change, `rejected by the ${event.by}`, event.note, null)) {
      draft.worker(change.worker, { next: { kind: 'feedback', note } });
    }
  },
};

/** Records an approval of exactly what the change is now. */
export function approve(draft: Draft, change: Change, by: string): void {
  const approval = {
    by,
    at: draft.at,
    seq: draft.seq,
    head: change.id,
    base: change.integration?.base ?? change.base,
    checks: checksDigest(change),
  };
  if (draft.moveChange(change.id, 'queued', { approval }))
    logReview(draft, change, { by, verdict: 'approved', output: '' });
}

/** An automatic send-back before there is a change. */
function again(draft: Draft, id: string, kind: 'feedback' | 'conflict', note: string): void {
  const worker = draft.state.workers[id];
  if (!worker) return;
  draft.worker(id, { rounds: worker.rounds + 1, sentBack: worker.sentBack + 1, next: { kind, note } });
  if (worker.rounds + 1 > (draft.state.swarm?.config.max_review_rounds ?? 3))
    endFailedCycle(
      draft,
      id,
      kind === 'conflict' ? 'sync-failed' : 'no-changes',
      'handed in without a usable change',
      note,
    );
}

function handIn(draft: Draft, event: EventOf<'work.committed'>): void {
  const worker = draft.state.workers[event.worker];
  if (!worker) return;
  const tasks = event.tasks.filter((id) => worker.claims.includes(id));
  draft.addChange({
    id: event.head,
    worker: worker.id,
    tasks,
    title: tasks.map((id) => draft.state.tasks[id]?.summary ?? id).join('; ') || `work of ${worker.id} without a task`,
    base: event.base,
    files: event.files,
    added: event.files.reduce((total, file) => total + (file.added ?? 0), 0),
    removed: event.files.reduce((total, file) => total + (file.removed ?? 0), 0),
    status: 'handed-in',
    since: draft.at,
    handedInAt: draft.at,
    round: worker.sentBack,
    integration: null,
    escapes: [],
    review: null,
    approval: null,
    reason: null,
    conflict: null,
    held: null,
    landed: null,
  });
  draft.worker(worker.id, { change: event.head });
  for (const id of tasks) draft.moveTask(id, 'handed-in', { change: event.head });
}

function redNote(checks: CheckResult[]): string {
  const red = checks.filter((check) => !check.ok);
  const outputs = red.map(
    (check) => `${check.name}: ${check.code === null ? 'did not end in time' : `exit ${check.code}`}\n\n${check.tail}`,
  );
  return `The checks failed on your work merged onto the base branch. Mend it and hand in again.\n\n${outputs.join('\n\n')}`;
}

function conflictNote(change: Change, event: EventOf<'change.conflicted'>): string {
  const theirs = event.with.map(
    (side) =>
      `- ${side.commit.slice(0, 7)} "${side.subject}"${side.worker ? ` by ${side.worker}` : ''}${side.tasks.length > 0 ? ` (${side.tasks.join(', ')})` : ''}`,
  );
  return [
    `Your change ${change.id.slice(0, 7)} "${change.title}" (${change.tasks.join(', ') || 'no task'}) conflicts with what was merged meanwhile:`,
    ...theirs,
    `Files: ${event.files.join(', ')}`,
    'The base branch was merged into your worktree; the conflicts are marked in these files.',
  ].join('\n');
}

function sides(all: ConflictSide[]): string {
  return all.map((side) => side.tasks[0] ?? side.commit.slice(0, 7)).join(', ');
}
