// What the worker's mailbox asks for, one errand at a time: first what a former life left unanswered, then new turns.
import { createHash } from 'node:crypto';
import { clean } from '../core/clean.ts';
import { compareIds, isId } from '../core/ids.ts';
import { Turn, type TurnResult } from '../core/turn.ts';
import type { Paths } from '../disk/paths.ts';
import type { Post, Received } from '../mail/contract.ts';
import { unrun } from './run-turn.ts';
import { readTurnRecord } from './turn-record.ts';
import { type Patience, untilDone } from './until-done.ts';

/** `run`: a turn to take. `answer`: one whose answer is known without running it. `drop`: none of ours. All are claimed already. */
export type Errand =
  | { kind: 'run'; received: Received; turn: Turn; attempt: number }
  | { kind: 'answer'; received: Received; result: TurnResult; why: string }
  | { kind: 'drop'; received: Received; why: string };

export interface Inbox {
  /** The next errand; null when the runner is leaving. */
  next(): Promise<Errand | null>;
  close(): void;
}

export interface InboxOptions extends Patience {
  paths: Paths;
  worker: string;
  swarm: string;
  post: Post;
  pollMs: number;
}

export function createInbox({ paths, worker, swarm, post, pollMs, screen, leaving }: InboxOptions): Inbox {
  let backlog: Received[] | null = null;
  let hinted = false;
  let wake = () => {};
  const unwatch = post.onHint([worker], () => {
    hinted = true;
    wake();
  });
  const onLeave = () => wake();
  leaving.addEventListener('abort', onLeave);

  const look = async (): Promise<Errand | null> => {
    backlog ??= await post.taken(worker, { without: 'R', type: 'turn' });
    const fresh = await post.peek(worker, { type: 'turn' });
    const [first, ...rest] = [...backlog, ...fresh];
    if (!first) return null;
    const received = backlog.length > 0 ? (backlog.shift() ?? null) : await post.take(first, 'S');
    return received ? errandOf(received, rest) : look();
  };

  const errandOf = async (received: Received, rest: Received[]): Promise<Errand> => {
    const { message } = received;
    if (message.from !== 'lead')
      return { kind: 'drop', received, why: `a turn from ${clean(message.from)}, who is not lead` };
    const { turn, problem } = parseTurn(message.body);
    // Its lead is gone, and turn ids repeat: this swarm's lead would take its answer for that of a turn of its own.
    if (turn && turn.swarm !== swarm) {
      return { kind: 'drop', received, why: `${turn.turn} of another swarm, ${turn.swarm}` };
    }
    const record = await readTurnRecord(paths, worker, message.id);
    if (record?.answer) return { kind: 'answer', received, result: record.answer, why: 'answered in a former life' };
    const attempt = record?.attempt ?? 0;
    if (!turn || turn.worker !== worker) {
      const why = problem ?? `it is for ${turn?.worker}`;
      const id = turn?.turn ?? turnIdIn(message.body) ?? `broken-${shortHash(message.id)}`;
      const result = unrun({ turn: id, worker, attempt: attempt + 1 }, { class: 'protocol', message: why });
      return { kind: 'answer', received, result, why };
    }
    const newer = rest
      .map((each) => parseTurn(each.message.body).turn)
      .find((each) => each?.swarm === swarm && compareIds(each.turn, turn.turn) > 0);
    if (newer) {
      // lead has one turn in flight: by sending the next it gave this one up.
      return {
        kind: 'answer',
        received,
        result: unrun({ ...turn, attempt: Math.max(attempt, 1) }, null),
        why: `superseded by ${newer.turn}`,
      };
    }
    return { kind: 'run', received, turn, attempt: attempt + 1 };
  };

  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pollMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (hinted || leaving.aborted) wake();
    });

  return {
    async next() {
      while (!leaving.aborted) {
        hinted = false;
        const errand = await untilDone('read the mail', look, { screen, leaving });
        if (errand) return errand;
        await pause();
      }
      return null;
    },
    close() {
      unwatch();
      leaving.removeEventListener('abort', onLeave);
    },
  };
}

/** Eight hex digits that stand for a Message-ID. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

function parseTurn(body: string): { turn: Turn | null; problem: string | null } {
  try {
    const { data, error } = Turn.safeParse(JSON.parse(body));
    if (data) return { turn: data, problem: null };
    const issues = error.issues.slice(0, 3).map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
    return { turn: null, problem: clean(`the turn is broken: ${issues.join('; ')}`) };
  } catch {
    return { turn: null, problem: 'the turn is broken: its body is not JSON' };
  }
}

/** The turn id of a body that is otherwise broken, so that lead knows which turn it was. */
function turnIdIn(body: string): string | null {
  const id = /"turn"\s*:\s*"([^"]*)"/.exec(body)?.[1];
  return id !== undefined && isId(id) ? id : null;
}
