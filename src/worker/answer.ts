// Answers a turn by mail, exactly once whatever crashes in between: the answer is on record, then delivered, then the turn is flagged.
import type { TurnResult } from '../core/turn.ts';
import type { Paths } from '../disk/paths.ts';
import type { Post, Received } from '../mail/contract.ts';
import { shortHash } from './inbox.ts';
import { writeTurnRecord } from './turn-record.ts';

export interface Answer {
  paths: Paths;
  post: Post;
  worker: string;
  swarm: string;
  received: Received;
  result: TurnResult;
}

/**
 * May be called again with the same answer: its key is made of turn, attempt and the turn's Message-ID (turn ids repeat from swarm to
 * swarm, and these share a mailbox), so it is delivered once.
 */
export async function answerTurn({ paths, post, worker, swarm, received, result }: Answer): Promise<true> {
  const { id } = received.message;
  await writeTurnRecord(paths, worker, { message: id, attempt: result.attempt, answer: result });
  await post.deliver({
    from: worker,
    to: ['lead'],
    subject: `${result.turn} ${result.outcome} (attempt ${result.attempt})`,
    body: JSON.stringify(result),
    type: 'turn-result',
    key: `${result.turn}.${result.attempt}.${shortHash(id)}`,
    inReplyTo: id,
    headers: { 'Oompa-Swarm': swarm },
  });
  await post.flag(received, 'R');
  return true;
}
