// What follows in the state from having asked for an effect, before the world answers. Table: effect type → change.
import type { Draft } from './draft.ts';
import type { Effect, EffectOf, EffectType } from './effect.ts';
import { logBeginning } from './log.ts';
import { isNews } from './seats/planner.ts';

const table: { [T in EffectType]?: (draft: Draft, effect: EffectOf<T>) => void } = {
  'turn.send': (draft, { worker: id, turn, kind, note, suggested, review }) => {
    const worker = draft.state.workers[id];
    if (!worker) return;
    draft.moveWorker(id, 'working');
    logBeginning(draft, worker);
    draft.worker(id, {
      turn: { id: turn, kind, note, sentAt: draft.at, review: review ?? null },
      turns: worker.turns + 1,
      turnsInCycle: worker.turnsInCycle + 1,
      next: null,
      retryAt: null,
      restUntil: null,
      waitingSince: null,
      suggested,
    });
    const swarm = draft.state.swarm;
    if (kind !== 'plan' || !swarm) return;
    const again = isNews(swarm, worker) ? 0 : (worker.planned?.again ?? 0) + 1;
    draft.worker(id, { planned: { base: swarm.base.sha, seq: draft.seq, again } });
  },
  'change.integrate': (draft, { change }) => {
    const status = draft.state.changes[change]?.status;
    draft.moveChange(change, status === 'queued' ? 'merging' : 'checking');
  },
  'change.land': (draft, { change }) => {
    draft.moveChange(change, 'merging');
  },
  'pane.close': (draft, { worker }) => {
    // One that is given up has its leftovers cleared away, and stays what it is.
    if (draft.state.workers[worker]?.status === 'failed') return;
    draft.moveWorker(worker, 'stopping', draft.state.workers[worker]?.why ?? null);
  },
};

export function applyAsked(draft: Draft, effect: Effect): void {
  (table[effect.type] as ((draft: Draft, effect: Effect) => void) | undefined)?.(draft, effect);
}
