// Rules of changes: check what was handed in, let the policy approve, merge what is approved one at a time.
import { type Draft, isDue } from '../draft.ts';
import { approve } from '../on/changes.ts';
import { needsPerson } from '../review.ts';
import { isAsked, mergeQueue, openChanges } from '../select.ts';
import type { Change, State } from '../state.ts';

export const changeRules: ((draft: Draft) => void)[] = [approveByPolicy, merge, check];

function check(draft: Draft): void {
  if (draft.state.swarm?.status !== 'running') return;
  for (const change of openChanges(draft.state)) {
    if (change.status === 'handed-in' && !mayWait(draft.state)) integrate(draft, change);
  }
}

/** Where nobody reviews and nothing is checked, a merge onto a base that is about to move is of no use: one at a time. */
function mayWait({ swarm, pending }: State): boolean {
  if (swarm?.config.approval !== 'auto' || swarm.config.checks.length > 0) return false;
  return Object.values(pending).some(
    ({ effect, retryAt }) => retryAt === null && (effect.type === 'change.integrate' || effect.type === 'change.land'),
  );
}

function approveByPolicy(draft: Draft): void {
  if (draft.state.swarm?.config.approval !== 'auto') return;
  for (const change of openChanges(draft.state))
    if (change.status === 'awaiting-approval' && !needsPerson(change)) approve(draft, change, 'policy');
}

/** The first of the queue that nothing holds up: landed when it was checked on the base as it is now, else merged and checked anew. */
function merge(draft: Draft): void {
  const { state } = draft;
  if (state.swarm?.status !== 'running') return;
  const queue = mergeQueue(state);
  const next =
    queue.find((change) => change.status === 'merging') ??
    queue.find((change) => isDue(change.held?.retryAt ?? null, draft.at));
  if (!next || isAsked(state, next.id, 'change.integrate', 'change.land')) return;
  if (isCurrent(state, next)) {
    draft.ask({
      type: 'change.land',
      change: next.id,
      base: next.integration?.base ?? '',
      commit: next.integration?.commit ?? '',
    });
  } else integrate(draft, next);
}

function isCurrent(state: State, change: Change): boolean {
  return change.integration !== null && change.integration.base === state.swarm?.base.sha;
}

function integrate(draft: Draft, change: Change): void {
  const base = draft.state.swarm?.base.sha;
  if (base)
    draft.ask({
      type: 'change.integrate',
      change: change.id,
      worker: change.worker,
      tasks: change.tasks,
      base,
      at: draft.at,
    });
}
