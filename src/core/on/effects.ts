// Effects that failed: tried again with back-off, and given up in one place, visibly.
import { endFailedCycle, releaseClaims } from '../cycle.ts';
import { backOffMs, type Draft, later } from '../draft.ts';
import type { Effect, EffectOf, EffectType } from '../effect.ts';
import type { EventOf } from '../event.ts';
import type { Pending } from '../state.ts';

const mostFailures = 5;

/** Asked again whatever the trouble was: given up, a merged task would be done again by the next swarm, a free one by nobody. */
const persistent: ReadonlySet<EffectType> = new Set(['change.land', 'tasks.complete', 'tasks.release']);

export const onEffects = {
  'mail.told': () => {},
  'artifacts.failed': (draft: Draft, { message }: EventOf<'artifacts.failed'>) => {
    draft.notice('warn', `run artifacts are not written now, the next start writes them: ${message}`);
  },
  /** Without its effect there is nothing to try again. */
  'effect.failed': () => {},
  failed: (draft: Draft, event: EventOf<'effect.failed'>, id: string, pending: Pending) => {
    const failures = pending.failures + 1;
    const text = `${pending.effect.type}: ${event.message}${event.hint ? ` (${event.hint})` : ''}`;
    if ((event.retryable || persistent.has(pending.effect.type)) && failures < mostFailures) {
      draft.retryLater(id, { ...pending, failures, retryAt: later(draft.at, backOffMs(failures)) });
      if (failures === 1) draft.notice('warn', `${text}; trying again`);
      return;
    }
    draft.notice('error', text);
    const { effect } = pending;
    if (effect.type in giveUp)
      (giveUp[effect.type] as (draft: Draft, effect: Effect, why: string) => void)(draft, effect, event.message);
    else if ('worker' in effect) failWorker(draft, effect.worker, text);
  },
};

/** What it means that an effect will not be done. Others: its worker fails. */
const giveUp: { [T in EffectType]?: (draft: Draft, effect: EffectOf<T>, why: string) => void } = {
  'change.integrate': lapse,
  'change.land': lapse,
  // The board, mail and the worktree of a stopped worker are told of; nobody's work depends on them.
  'tasks.release': () => {},
  'tasks.complete': () => {},
  'mail.tell': () => {},
  // What it wrote lies in its copy, and is taken before the next one is made.
  'tasks.collect': () => {},
  'tasks.claim': (draft, effect, why) => {
    draft.worker(effect.worker, { next: { kind: 'claimed', note: `Nothing could be claimed: ${why}` } });
  },
  'tasks.adopt': (draft, effect) => {
    const claims = draft.state.workers[effect.worker]?.claims ?? [];
    draft.worker(effect.worker, { claims: claims.filter((id) => id !== effect.task) });
    if (draft.state.tasks[effect.task]?.worker === effect.worker)
      draft.moveTask(effect.task, 'pending', { worker: null });
  },
  'worktree.prepare': (draft, effect, why) => {
    failWorker(draft, effect.worker, `worktree.prepare: ${why}`);
    // What was half made goes, now that nobody will come to it.
    draft.ask({ type: 'worktree.remove', worker: effect.worker });
  },
  'worktree.remove': (draft, effect) => {
    draft.worker(effect.worker, { worktree: null });
  },
  'pane.close': (draft, effect) => {
    draft.worker(effect.worker, { pane: null, turn: null });
    releaseClaims(draft, effect.worker, 'the worker was stopped', null);
  },
  'swarm.close': (draft, _, why) => {
    draft.swarm({ status: 'stopped', left: [why] });
    draft.record({ kind: 'stopped', reason: 'error', left: [why] });
  },
};

function lapse(draft: Draft, effect: { change: string }, why: string): void {
  draft.moveChange(effect.change, 'lapsed', { reason: why, approval: null });
}

function failWorker(draft: Draft, id: string, why: string): void {
  const worker = draft.state.workers[id];
  if (!worker || worker.status === 'stopping') return;
  if (worker.claims.length > 0 && worker.change === null) endFailedCycle(draft, id, 'error', why, null);
  draft.worker(id, { turn: null, next: null, failures: worker.failures + 1 });
  draft.moveWorker(id, 'failed', why);
}
