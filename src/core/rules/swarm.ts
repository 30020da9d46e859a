// Rules of the swarm as a whole: stop when nothing is left, and take everything down when stopping.
import { endFailedCycle, endLeftCycle, releaseTasks } from '../cycle.ts';
import type { Draft } from '../draft.ts';
import { isAsked, isDeserted, isIdle, openChanges } from '../select.ts';

export const swarmRules: ((draft: Draft) => void)[] = [stopWhenDone, withdraw, endCycles, close];

function stopWhenDone(draft: Draft): void {
  const { swarm } = draft.state;
  if (swarm?.status !== 'running') return;
  if (swarm.config.when_done === 'stop' ? !isIdle(draft.state) : !isDeserted(draft.state)) return;
  if (swarm.config.when_done === 'wait')
    draft.notice('warn', 'the swarm stops: every worker has stopped by itself or failed, and none comes back');
  draft.swarm({ status: 'stopping', stopReason: 'completed' });
}

/** Changes that nobody approved are withdrawn with the swarm; their branches are kept, their tasks go back. */
function withdraw(draft: Draft): void {
  if (draft.state.swarm?.status !== 'stopping') return;
  for (const change of openChanges(draft.state)) {
    const busy = Object.values(draft.state.pending).some(
      ({ effect }) => 'change' in effect && effect.change === change.id,
    );
    if (
      busy ||
      !(
        draft.moveChange(change.id, 'withdrawn', { reason: 'the swarm was stopped' }) ||
        draft.moveChange(change.id, 'lapsed')
      )
    )
      continue;
    releaseTasks(
      draft,
      change.tasks,
      change.worker,
      'the swarm was stopped before this was merged',
      `the work is kept as commit ${change.id}`,
    );
    if (draft.state.workers[change.worker]?.change === change.id) draft.worker(change.worker, { change: null });
  }
}

/** A worker that is not there any more, its pane included, and has nothing in review, is in the middle of no cycle. */
function endCycles(draft: Draft): void {
  for (const { id, status, change, turn, log, why } of Object.values(draft.state.workers)) {
    if (log.startedAt === null || change !== null || turn !== null || isAsked(draft.state, id, 'pane.close')) continue;
    if (status === 'stopped') endLeftCycle(draft, id);
    else if (status === 'failed') endFailedCycle(draft, id, 'error', why ?? 'the worker failed', null);
  }
}

function close(draft: Draft): void {
  const { swarm } = draft.state;
  if (swarm?.status !== 'stopping' || Object.keys(draft.state.pending).length > 0) return;
  if (Object.values(draft.state.workers).some((worker) => worker.status !== 'stopped')) return;
  draft.ask({ type: 'swarm.close', reason: swarm.stopReason ?? 'interrupted' });
}
