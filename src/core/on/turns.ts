// Events of turns: what every seat's turn leaves behind, and how one that was cut off goes on. What its end means, its seat says.
import { charge } from '../charge.ts';
import { backOffMs, type Draft, later } from '../draft.ts';
import type { EventOf } from '../event.ts';
import { holdUp, priced, thaw } from '../holds.ts';
import { logTurn } from '../log.ts';
import type { EndedTurn } from '../seats/contract.ts';
import { lives } from '../seats/index.ts';
import { traitsOf } from '../seats/kinds.ts';
import type { NextTurn, Worker } from '../state.ts';
import { addUsage, noUsage } from '../usage.ts';

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
    const { turn, worktree } = worker;
    logTurn(draft, worker, event);
    const { goesOn, copiesBoard } = traitsOf[worker.seat];
    const usage = event.usage ? priced(draft.state, worker, event.usage) : noUsage;
    draft.worker(event.worker, {
      turn: null,
      ask: null,
      conversation: goesOn ? (event.conversation ?? worker.conversation) : null,
      usage: addUsage(worker.usage, usage),
    });
    charge(draft, event.worker, usage, turn.review);
    if (copiesBoard && worktree) draft.ask({ type: 'tasks.collect', worker: worker.id });
    if (worker.status === 'stopping') return;
    if (!goesOn && worktree)
      draft.ask({ type: 'worktree.reset', worker: worker.id, base: worktree.base, why: `${turn.kind} ended` });
    ends[event.outcome](draft, event, { ...worker, turn });
  },
};

type End = (draft: Draft, event: EventOf<'turn.ended'>, worker: Worker & { turn: EndedTurn }) => void;

const ends: Readonly<Record<EventOf<'turn.ended'>['outcome'], End>> = {
  done(draft, event, { id, seat, turn }) {
    const worker = draft.state.workers[id];
    draft.worker(id, { failures: 0 });
    if (worker) thaw(draft, worker);
    rest(draft, id);
    lives[seat].heed(draft, event, turn);
  },
  stopped(draft, _, { id, seat, turn, wanted }) {
    lives[seat].cutOff(draft, id, turn, again(turn, 'The turn before was stopped by the operator.'), null);
    if (wanted === 'run') draft.worker(id, { wanted: 'pause' });
    rest(draft, id, 'its turn was stopped in the pane; p goes on');
  },
  failed(draft, event, before) {
    const { id, seat, turn } = before;
    const worker = draft.state.workers[id] ?? before;
    const blameless = nobodysFault(draft, worker, event, turn);
    if (blameless) {
      if (blameless.afresh) draft.worker(id, { conversation: null });
      if (blameless.free) draft.worker(id, { turnsInCycle: worker.turnsInCycle - 1 });
      lives[seat].cutOff(draft, id, turn, blameless.next, null);
      rest(draft, id);
      return;
    }
    const failures = worker.failures + 1;
    const what = event.error ? `${event.error.class}: ${event.error.message}` : `exit ${event.exitCode}`;
    draft.notice('warn', `${id}: turn ${event.turn} failed: ${what}`);
    draft.worker(id, { failures, retryAt: later(draft.at, backOffMs(failures)) });
    lives[seat].cutOff(draft, id, turn, again(turn, `The turn before failed (${what}).`), `failed: ${what}`);
    if (failures < mostFailures) {
      rest(draft, id, what);
      return;
    }
    lives[seat].giveUp(draft, id, `the harness failed ${failures} times in a row (${what})`);
    draft.moveWorker(id, 'failed', what);
    draft.notice('error', `${id} is given up: ${what}; p starts it again`);
  },
};

/** The worker has no turn any more: idle, or paused when that is what the operator wants. */
function rest(draft: Draft, id: string, why: string | null = null): void {
  const paused = draft.state.workers[id]?.wanted === 'pause';
  draft.moveWorker(id, paused ? 'paused' : 'idle', paused ? (why ?? 'paused by the operator') : why);
}

/**
 * How the work goes on after an error that costs the worker nothing; null for one that counts. `afresh`: in a new conversation; `free`: it
 * does not count as a turn of the cycle either.
 */
function nobodysFault(
  draft: Draft,
  worker: Worker,
  { error, said }: EventOf<'turn.ended'>,
  turn: EndedTurn,
): { next: NextTurn; afresh: boolean; free: boolean } | null {
  if (!error) return null;
  if (holdUp(draft, worker, error))
    return { next: again(turn, 'The turn before was cut off.'), afresh: false, free: true };
  if (worker.conversation === null) return null;
  // Nothing was done: the same turn, with the whole prompt.
  if (error.class === 'no_conversation')
    return { next: { kind: turn.kind, note: turn.note }, afresh: true, free: true };
  if (error.class !== 'context_full') return null;
  // A fresh conversation with a hand-over: what was said last, and what the turn was about. The worktree has the rest.
  const happened = `Your conversation before was full and has ended. Your work so far lies in this worktree (git status, git diff). You said last:\n\n${said.slice(-1_000)}\n\n`;
  return { next: again(turn, happened), afresh: true, free: false };
}

/** The same turn once more: what happened first, then what it was about. */
function again({ kind, note }: NextTurn, happened: string): NextTurn {
  const lead = `${happened} Look at what is there and go on.`;
  return { kind, note: note.startsWith(lead) || note === '' ? note || lead : `${lead}\n\n${note}` };
}
