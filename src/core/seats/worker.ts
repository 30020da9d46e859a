// Workers do the tasks: who of them gets a turn now and which task it is offered, and what its signals lead to.
import { endFailedCycle, goOn, lookedAround } from '../cycle.ts';
import type { Draft } from '../draft.ts';
import type { EventOf } from '../event.ts';
import { compareIds } from '../ids.ts';
import { bestClaimable, workersOf } from '../select.ts';
import type { NextTurn, State, Worker } from '../state.ts';
import type { TurnKind } from '../turn.ts';
import type { Begin, Life } from './contract.ts';
import { hasPlanner, isFirstPlanOpen } from './planner.ts';

export const worker: Life = {
  offer,
  heed: (draft, event, { kind }) => heed(draft, event, kind),
  cutOff(draft, id, _, next) {
    draft.worker(id, { next });
  },
  giveUp(draft, id, why) {
    endFailedCycle(draft, id, 'error', why, null);
  },
};

function offer(draft: Draft, all: readonly Worker[], begin: Begin): void {
  if (all.length === 0) return;
  const waits = isFirstPlanOpen(draft.state);
  const ready = all.filter(({ claims }) => !waits || claims.length > 0).sort(firstServed);
  // Each free task is offered to one worker, so that a dozen agents do not race for the same one.
  const offered = new Set([
    ...workersOf(draft.state).flatMap((worker) =>
      worker.turn && worker.claims.length === 0 && worker.suggested ? [worker.suggested] : [],
    ),
    ...Object.values(draft.state.pending).flatMap(({ effect }) => (effect.type === 'tasks.claim' ? effect.tasks : [])),
  ]);
  const seekers = draft.state.swarm?.boardSeen ? ready.filter(isSeeking).length : 0;
  const free = seekers > 0 ? bestClaimable(draft.state, seekers, offered) : [];
  const base = draft.state.swarm?.base.sha ?? '';
  for (const worker of ready) {
    const seeks = isSeeking(worker);
    const task = seeks ? (free[0] ?? null) : null;
    const next = worker.next ?? standing(draft.state, worker, task !== null);
    if (!next) continue;
    // A cycle begins on the base as it is now.
    const fresh = seeks && !worker.next && worker.turnsInCycle === 0 ? { base, why: 'new cycle' } : null;
    if (begin(worker, { ...next, suggested: task?.id ?? null, fresh }) && task) free.shift();
  }
}

/** Whether its next turn is one to find a task in. */
function isSeeking(worker: Worker): boolean {
  return worker.claims.length === 0 && (!worker.next || seeking.has(worker.next.kind));
}
const seeking: ReadonlySet<TurnKind> = new Set(['work', 'claimed', 'continue', 'nudge']);

/** What is begun is finished first; then who has waited longest. */
function firstServed(a: Worker, b: Worker): number {
  return (
    Number(b.claims.length > 0) - Number(a.claims.length > 0) || (a.since < b.since ? -1 : a.since > b.since ? 1 : 0)
  );
}

/** What a worker without a next turn does of itself; null when it waits. */
function standing(state: State, worker: Worker, hasTask: boolean): NextTurn | null {
  if (worker.claims.length > 0) return { kind: 'continue', note: 'These tasks are yours. Go on with them.' };
  if (worker.unread.length > 0) return { kind: 'mail', note: 'You have mail.' };
  if (hasTask) return { kind: 'work', note: '' };
  if (!worker.spec.can_plan || !state.swarm?.boardSeen || hasPlanner(state)) return null;
  if (worker.looked === state.swarm.base.sha) return null;
  const open = Object.values(state.tasks).some((task) => task.status !== 'merged');
  return open
    ? null
    : {
        kind: 'work',
        note: 'No task is waiting. Write new ones if the specification asks for them, or print __DONE__.',
      };
}

/** What the signals of a good turn lead to. Merge before done: work that is ready is never dropped. */
function heed(draft: Draft, event: EventOf<'turn.ended'>, kind: TurnKind): void {
  const { worker: id, signals } = event;
  const worker = draft.state.workers[id];
  const config = draft.state.swarm?.config;
  if (!worker || !config) return;
  if (signals.ready) {
    draft.worker(id, { leaving: worker.leaving || signals.done, silent: 0 });
    draft.ask({ type: 'work.commit', worker: id, tasks: worker.claims, cycle: worker.cycle });
    return;
  }
  if (signals.done) {
    draft.worker(id, { leaving: true });
    if (worker.claims.length > 0)
      endFailedCycle(draft, id, 'done', 'the worker said __DONE__ without handing in', event.said);
    return;
  }
  const wanted = signals.claims.filter((task) => !worker.claims.includes(task));
  if (wanted.length > 0) {
    draft.ask({ type: 'tasks.claim', worker: id, tasks: wanted });
    return;
  }
  if (signals.followUp !== null && worker.followUps === 0) {
    const note = followUpNote(worker.claims, signals.followUp);
    draft.worker(id, { followUps: 1, next: { kind: 'follow-up', note } });
    return;
  }
  if (signals.followUp !== null) {
    endFailedCycle(draft, id, 'needs-followup', 'the worker asked for follow-up twice', signals.followUp);
    return;
  }
  silent(draft, id, event.said, kind);
}

function silent(draft: Draft, id: string, said: string, kind: TurnKind): void {
  const worker = draft.state.workers[id];
  if (!worker) return;
  if (worker.claims.length > 0 || worker.suggested !== null)
    goOn(draft, id, 'continue', 'No signal was read from your last turn.', said);
  // A turn that only looked around, or wrote new tasks, claimed nothing and hands in nothing: that is its end.
  else if (kind === 'mail') draft.worker(id, { silent: 0 });
  else lookedAround(draft, id);
}

function followUpNote(claims: readonly string[], why: string): string {
  const held =
    claims.length > 0
      ? `${claims.toSorted(compareIds).join(', ')} ${claims.length > 1 ? 'are' : 'is'} still yours`
      : 'You hold no task';
  return [
    `You asked for follow-up${why ? `:\n\n${why}\n\n` : '. '}${held}, and this is the same cycle.`,
    'Make the smallest useful change that stands on its own and hand it in; write task files for the rest. Asking once more gives the tasks back.',
  ].join(' ');
}
