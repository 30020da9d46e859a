// What should follow, seen from the whole state: asked after every event, cheap when nothing is to be done.
import type { Draft } from '../draft.ts';
import { changeRules } from './changes.ts';
import { swarmRules } from './swarm.ts';
import { turnRules } from './turns.ts';
import { workerRules } from './workers.ts';

export const rules: readonly ((draft: Draft) => void)[] = [
  retryEffects,
  ...workerRules,
  ...changeRules,
  ...turnRules,
  ...swarmRules,
];

/** Asks again for effects whose back-off is over. */
function retryEffects(draft: Draft): void {
  for (const [id, pending] of Object.entries(draft.state.pending)) {
    if (pending.retryAt === null || pending.retryAt > draft.at) continue;
    draft.answer(id);
    draft.ask(pending.effect, pending.failures);
  }
}
