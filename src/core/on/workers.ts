// Events of workers as seats: worktree, pane, mail, and what the operator wants of them.
import { releaseClaims } from '../cycle.ts';
import { backOffMs, type Draft, later } from '../draft.ts';
import type { EventOf } from '../event.ts';
import { holdNames } from '../holds.ts';
import { logLostTurn } from '../log.ts';
import { newWorker } from '../new-worker.ts';
import { traitsOf } from '../seats/kinds.ts';

/** Crashes in a row after which a worker is given up. */
const mostFailures = 5;

export const onWorkers = {
  'worker.added': (draft: Draft, event: EventOf<'worker.added'>) => {
    if (!draft.state.workers[event.worker]) draft.addWorker(newWorker(event.worker, event.seat, event.spec, draft.at));
  },
  'worktree.ready': (draft: Draft, { worker, path, branch, base }: EventOf<'worktree.ready'>) => {
    draft.worker(worker, { worktree: { path, branch, base } });
  },
  'worktree.reset': (draft: Draft, event: EventOf<'worktree.reset'>) => {
    const worktree = draft.state.workers[event.worker]?.worktree;
    if (worktree) draft.worker(event.worker, { worktree: { ...worktree, base: event.base } });
    if (!event.saved) return;
    if (!traitsOf[draft.state.workers[event.worker]?.seat ?? 'worker'].goesOn)
      draft.notice('warn', `${event.worker} changed files in its checkout: discarded, and kept on ${event.saved}`);
    else draft.notice('info', `${event.worker}: earlier work is kept on ${event.saved}`);
  },
  'worktree.removed': (draft: Draft, event: EventOf<'worktree.removed'>) => {
    draft.worker(event.worker, { worktree: null });
    if (event.saved) draft.notice('info', `${event.worker}: unfinished work is kept on ${event.saved}`);
  },
  'pane.opened': (draft: Draft, event: EventOf<'pane.opened'>) => {
    const worker = draft.state.workers[event.worker];
    if (!worker) return;
    draft.worker(event.worker, { pane: event.pane });
    // A turn that was in flight is taken again by the new runner.
    draft.moveWorker(event.worker, worker.wanted === 'pause' ? 'paused' : worker.turn ? 'working' : 'idle');
  },
  'pane.exited': (draft: Draft, event: EventOf<'pane.exited'>) => {
    const worker = draft.state.workers[event.worker];
    if (!worker || worker.pane !== event.pane || worker.status === 'stopping' || worker.status === 'stopped') return;
    const failures = worker.failures + 1;
    const how = event.code === null ? (event.signal ?? 'gone') : `exit ${event.code}`;
    draft.worker(event.worker, { pane: null, ask: null, failures, retryAt: later(draft.at, backOffMs(failures)) });
    if (failures > mostFailures) {
      draft.moveWorker(event.worker, 'failed', `the runner ended ${failures} times in a row (${how})`);
      draft.notice(
        'error',
        `${event.worker} is given up: its runner ended ${failures} times in a row (${how}); p starts it again`,
      );
      // Its turn is in flight until nothing of its processes is left, which no runner will see to any more.
      draft.worker(event.worker, { next: null });
      draft.ask({ type: 'pane.close', worker: event.worker });
      releaseClaims(draft, event.worker, 'its worker failed', null);
    } else draft.moveWorker(event.worker, 'exited', `the runner ended (${how})`);
  },
  'pane.closed': (draft: Draft, event: EventOf<'pane.closed'>) => {
    const worker = draft.state.workers[event.worker];
    if (!worker) return;
    logLostTurn(draft, worker);
    if (worker.turn && worker.worktree && traitsOf[worker.seat].copiesBoard)
      draft.ask({ type: 'tasks.collect', worker: worker.id });
    draft.worker(event.worker, { pane: null, turn: null, ask: null, next: null });
    releaseClaims(
      draft,
      event.worker,
      draft.state.swarm?.status === 'running' ? 'the worker was stopped' : 'the swarm was stopped',
      null,
    );
  },
  'mail.seen': (draft: Draft, event: EventOf<'mail.seen'>) => {
    const unread = draft.state.workers[event.worker]?.unread ?? [];
    if (unread.some((each) => each.id === event.mail)) return;
    draft.worker(event.worker, { unread: [...unread, { id: event.mail, from: event.from, subject: event.subject }] });
  },
  'mail.left': (draft: Draft, event: EventOf<'mail.left'>) => {
    const unread = draft.state.workers[event.worker]?.unread ?? [];
    const left = unread.filter(({ id }) => !event.mail.includes(id));
    if (left.length < unread.length) draft.worker(event.worker, { unread: left });
  },
  'worker.pause-asked': (draft: Draft, { worker: id }: EventOf<'worker.pause-asked'>) => {
    const worker = draft.state.workers[id];
    if (worker?.wanted !== 'run') return;
    draft.worker(id, { wanted: 'pause' });
    if (!worker.turn) draft.moveWorker(id, 'paused', 'paused by the operator');
  },
  'worker.resume-asked': (draft: Draft, { worker: id }: EventOf<'worker.resume-asked'>) => {
    const worker = draft.state.workers[id];
    if (!worker || worker.status === 'stopping' || draft.state.swarm?.status !== 'running') return;
    draft.worker(id, {
      wanted: 'run',
      failures: 0,
      retryAt: null,
      leaving: false,
      retired: false,
      planned: null,
      waitingSince: null,
      looked: null,
      finished: worker.status === 'stopped' ? 0 : worker.finished,
    });
    for (const name of holdNames(draft.state, worker)) draft.hold(name, null);
    if (worker.ask) return;
    if (worker.status === 'paused' || worker.status === 'needs-you' || worker.status === 'limited')
      draft.moveWorker(id, worker.pane ? 'idle' : 'starting');
    else if (worker.status === 'failed' || worker.status === 'stopped') draft.moveWorker(id, 'starting');
  },
  'worker.stop-asked': (draft: Draft, { worker: id }: EventOf<'worker.stop-asked'>) => {
    const worker = draft.state.workers[id];
    if (!worker || worker.wanted === 'stop') return;
    draft.worker(id, { wanted: 'stop', why: 'stopped by the operator' });
  },
};
