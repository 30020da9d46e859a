// Rules of workers as seats: get a worktree, get a pane, come back after back-off, go when asked to.
import { type Draft, isDue, later } from '../draft.ts';
import { bestClaimable, isAsked, openChanges } from '../select.ts';
import type { State, Task, Worker } from '../state.ts';

export const workerRules: ((draft: Draft) => void)[] = [comeBack, settleIn, waitForTasks, retire, leave];

/** After its back-off an exited worker starts again. */
function comeBack(draft: Draft): void {
  for (const worker of Object.values(draft.state.workers)) {
    if (worker.status === 'exited' && worker.wanted !== 'stop' && isDue(worker.retryAt, draft.at))
      draft.moveWorker(worker.id, 'starting', worker.why);
  }
}

function settleIn(draft: Draft): void {
  const { swarm } = draft.state;
  if (swarm?.status !== 'running') return;
  for (const { id, status, wanted, worktree, pane } of Object.values(draft.state.workers)) {
    if (status !== 'starting' || wanted === 'stop') continue;
    if (!worktree) {
      if (!isAsked(draft.state, id, 'worktree.prepare', 'worktree.remove'))
        draft.ask({ type: 'worktree.prepare', worker: id, base: swarm.base.sha });
    } else if (pane !== null) draft.moveWorker(id, wanted === 'pause' ? 'paused' : 'idle');
    else if (!isAsked(draft.state, id, 'pane.open', 'pane.close'))
      draft.ask({ type: 'pane.open', worker: id, cwd: worktree.path });
  }
}

/** A worker that may not plan stops by itself when for long there was no task for it, and nobody at work who could bring one. */
function waitForTasks(draft: Draft): void {
  const waiting = Object.values(draft.state.workers).filter((worker) => !worker.spec.can_plan && isFree(worker));
  if (waiting.length === 0) return;
  const quiet = isQuiet(draft.state);
  for (const { id, spec, waitingSince } of waiting) {
    if (!quiet || waitingSince === null) {
      const since = quiet ? draft.at : null;
      if (since !== waitingSince) draft.worker(id, { waitingSince: since });
    } else if (isDue(later(waitingSince, spec.max_wait_for_tasks * 1_000), draft.at))
      draft.worker(id, {
        wanted: 'stop',
        retired: true,
        why: `no task for ${spec.max_wait_for_tasks} s (max_wait_for_tasks)`,
      });
  }
}

/** Idle, with nothing to go on with. */
function isFree({ wanted, status, change, next, claims, unread }: Worker): boolean {
  return (
    wanted === 'run' && status === 'idle' && change === null && !next && claims.length === 0 && unread.length === 0
  );
}

/** Whether no task can be claimed and nothing is under way that could bring one. */
function isQuiet(state: State): boolean {
  if (!state.swarm?.boardSeen || Object.values(state.workers).some((worker) => worker.turn !== null)) return false;
  const underWay = ({ status, worker }: Task) => worker !== null && (status === 'claimed' || status === 'handed-in');
  return bestClaimable(state, 1, new Set()).length === 0 && !Object.values(state.tasks).some(underWay);
}

/** A worker that said it is done, or spent its cycles, stops by itself once nothing of it is under way. */
function retire(draft: Draft): void {
  for (const worker of Object.values(draft.state.workers)) {
    if (
      worker.wanted !== 'run' ||
      worker.status !== 'idle' ||
      worker.change !== null ||
      worker.next ||
      worker.claims.length > 0
    )
      continue;
    const spent = worker.finished >= worker.spec.iterations;
    if (!spent && !worker.leaving) continue;
    if (isAsked(draft.state, worker.id, 'work.commit', 'tasks.claim', 'tasks.adopt')) continue;
    draft.worker(worker.id, {
      wanted: 'stop',
      retired: true,
      why: spent ? `finished its ${worker.finished} cycles` : 'said it is done',
    });
  }
}

/** Close the pane, then save and remove the worktree, then stopped. */
function leave(draft: Draft): void {
  const stopping = draft.state.swarm?.status === 'stopping';
  for (const id of Object.keys(draft.state.workers)) {
    const worker = draft.state.workers[id];
    if (!worker || worker.status === 'stopped' || (worker.wanted !== 'stop' && !stopping)) continue;
    if (worker.status !== 'stopping') {
      // What was begun is finished first, so that its outcome finds a worker.
      if (
        isAsked(
          draft.state,
          id,
          'worktree.prepare',
          'pane.open',
          'work.commit',
          'tasks.claim',
          'tasks.adopt',
          'conflict.open',
          'turn.send',
        )
      )
        continue;
      const why = worker.why ?? (stopping ? 'the swarm is stopping' : null);
      draft.moveWorker(id, 'stopping', why);
      draft.ask({ type: 'pane.close', worker: id });
    } else if (!isAsked(draft.state, id, 'pane.close', 'worktree.remove', 'worktree.reset', 'tasks.collect')) {
      const carried = openChanges(draft.state).some((change) => change.worker === id && change.status === 'merging');
      if (worker.worktree && !carried) draft.ask({ type: 'worktree.remove', worker: id });
      else if (!worker.worktree) draft.moveWorker(id, 'stopped', worker.why);
    }
  }
}
