// Events of turns: what an agent said, and what its worker does next.
import { endFailedCycle, endIdleCycle } from '../cycle.ts';
import { backOffMs, type Draft, later } from '../draft.ts';
import type { EventOf } from '../event.ts';
import { holdAccount, priced, thaw } from '../holds.ts';
import type { NextTurn, Worker } from '../state.ts';
import type { TurnKind } from '../turn.ts';
import { addUsage } from '../usage.ts';

/** Failed turns in a row after which a worker is given up. */
const mostFailures = 3;

export const onTurns = {
  'turn.sent': (draft: Draft, event: EventOf<'turn.sent'>) => {
    const unread = draft.state.workers[event.worker]?.unread ?? [];
    if (event.mail.length > 0)
      draft.worker(event.worker, { unread: unread.filter(({ id }) => !event.mail.includes(id)) });
  },
  'turn.ended': (draft: Draft, event: EventOf<'turn.ended'>) => {
    const worker = draft.state.workers[event.worker];
    if (worker?.turn?.id !== event.turn) return;
    const { kind, note } = worker.turn;
    draft.worker(event.worker, {
      turn: null,
      ask: null,
      conversation: event.conversation ?? worker.conversation,
      usage: event.usage ? addUsage(worker.usage, priced(draft.state, worker, event.usage)) : worker.usage,
    });
    if (worker.status === 'stopping') return;
    if (event.outcome === 'stopped') stopped(draft, event, { kind, note });
    else if (event.outcome === 'failed') failed(draft, event, { kind, note });
    else {
      draft.worker(event.worker, { failures: 0 });
      thaw(draft, worker);
      rest(draft, event.worker);
      heed(draft, event, kind);
    }
  },
};

/** The worker has no turn any more: idle, or paused when that is what the operator wants. */
function rest(draft: Draft, id: string, why: string | null = null): void {
  const paused = draft.state.workers[id]?.wanted === 'pause';
  draft.moveWorker(id, paused ? 'paused' : 'idle', paused ? (why ?? 'paused by the operator') : why);
}

function stopped(draft: Draft, event: EventOf<'turn.ended'>, turn: NextTurn): void {
  draft.worker(event.worker, {
    next: again(turn, 'The turn before was stopped by the operator.'),
  });
  if (draft.state.workers[event.worker]?.wanted === 'run') draft.worker(event.worker, { wanted: 'pause' });
  rest(draft, event.worker, 'its turn was stopped in the pane; p goes on');
}

function failed(draft: Draft, event: EventOf<'turn.ended'>, turn: NextTurn): void {
  const worker = draft.state.workers[event.worker];
  const blameless = worker && nobodysFault(draft, worker, event, turn);
  if (blameless) {
    draft.worker(event.worker, blameless);
    rest(draft, event.worker);
    return;
  }
  const failures = (draft.state.workers[event.worker]?.failures ?? 0) + 1;
  const what = event.error ? `${event.error.class}: ${event.error.message}` : `exit ${event.exitCode}`;
  draft.notice('warn', `${event.worker}: turn ${event.turn} failed: ${what}`);
  draft.worker(event.worker, {
    failures,
    retryAt: later(draft.at, backOffMs(failures)),
    next: again(turn, `The turn before failed (${what}).`),
  });
  if (failures < mostFailures) {
    rest(draft, event.worker, what);
    return;
  }
  endFailedCycle(draft, event.worker, `the harness failed ${failures} times in a row (${what})`, null);
  draft.moveWorker(event.worker, 'failed', what);
  draft.notice('error', `${event.worker} is given up: ${what}; p starts it again`);
}

/** How the worker goes on after an error that costs it nothing; null for one that counts. */
function nobodysFault(
  draft: Draft,
  worker: Worker,
  { error, said }: EventOf<'turn.ended'>,
  turn: NextTurn,
): Partial<Worker> | null {
  if (!error) return null;
  if (holdAccount(draft, worker, error)) return { next: again(turn, 'The turn before was cut off.') };
  if (worker.conversation === null) return null;
  // Nothing was done: the same turn, with the whole prompt.
  if (error.class === 'no_conversation') return { conversation: null, next: turn };
  if (error.class !== 'context_full') return null;
  // A fresh conversation with a hand-over: what was said last, and what the turn was about. The worktree has the rest.
  const happened = `Your conversation before was full and has ended. Your work so far lies in this worktree (git status, git diff). You said last:\n\n${said.slice(-1_000)}\n\n`;
  return { conversation: null, next: again(turn, happened) };
}

/** The same turn once more: what happened first, then what it was about. */
function again({ kind, note }: NextTurn, happened: string): NextTurn {
  const lead = `${happened} Look at what is there and go on.`;
  return { kind, note: note.startsWith(lead) || note === '' ? note || lead : `${lead}\n\n${note}` };
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
    if (worker.claims.length > 0) endFailedCycle(draft, id, 'the worker said __DONE__ without handing in', event.said);
    return;
  }
  const wanted = signals.claims.filter((task) => !worker.claims.includes(task));
  if (wanted.length > 0) {
    draft.ask({ type: 'tasks.claim', worker: id, tasks: wanted });
    return;
  }
  if (signals.followUp !== null && worker.followUps === 0) {
    draft.worker(id, { followUps: 1, next: { kind: 'follow-up', note: signals.followUp } });
    return;
  }
  if (signals.followUp !== null) {
    endFailedCycle(draft, id, 'the worker asked for follow-up twice', signals.followUp);
    return;
  }
  silent(draft, id, event.said, kind);
}

function silent(draft: Draft, id: string, said: string, kind: TurnKind): void {
  const worker = draft.state.workers[id];
  if (!worker) return;
  // A turn that only looked around, or wrote new tasks, claimed nothing and hands in nothing: that is its end.
  if (worker.claims.length === 0 && worker.suggested === null) {
    if (kind === 'mail') draft.worker(id, { silent: 0 });
    else endIdleCycle(draft, id);
    return;
  }
  const { max_working_resumes: mostSilent, max_resumes: mostTurns } = worker.spec;
  const count = worker.silent + 1;
  draft.worker(id, { silent: count });
  if (count > mostSilent + 1 || worker.turnsInCycle > mostTurns + 1)
    endFailedCycle(draft, id, 'stuck: many turns without a signal', said);
  else if (count > mostSilent || worker.turnsInCycle > mostTurns)
    draft.worker(id, { next: { kind: 'nudge', note: nudge } });
  else draft.worker(id, { next: { kind: 'continue', note: go } });
}

const go = 'No signal was read from your last turn. Continue working. Signal COMPLETE_AND_READY_FOR_MERGE when done.';
const nudge =
  'This is your last turn on these tasks. Act now: hand in what works with COMPLETE_AND_READY_FOR_MERGE (split what remains into new task files first), or print NEEDS_FOLLOWUP and say what is in the way.';
