// The chores of the post: finishes what dead senders began, gives back what dead takers hold, buries what expired, tells missing acks.
import { EffectError } from '../core/errors.ts';
import type { Boxes } from './boxes.ts';
import type { Draft } from './contract.ts';
import { decide, openQuestions } from './decide.ts';
import type { Life } from './life.ts';
import { type Entry, isExpired, isUnacked, listing } from './listing.ts';
import * as maildir from './maildir.ts';
import type { Mailer } from './mailer.ts';
import { nameOf } from './names.ts';
import { typedDraft } from './typed-draft.ts';

/** Who is told of a missing ack, how long after the deadline (ms). The recipient first. */
const overdueSteps: readonly { afterMs: number; tell: (address: string) => string }[] = [
  { afterMs: 0, tell: (address) => address },
  { afterMs: 2 * 60_000, tell: () => 'lead' },
  { afterMs: 5 * 60_000, tell: () => 'operator' },
];

export interface Kept {
  /** Ids of messages that reached everybody only now. */
  finished: string[];
  /** Messages that came back from dead or late takers. */
  returned: { address: string; id: string; reason: string; dead: boolean }[];
  expired: { address: string; id: string }[];
  /** Missing acks that were told. */
  overdue: { address: string; id: string; told: string }[];
  /** Ids of what came to `lead` and went on to the operator. */
  routed: string[];
  /** Questions that nobody answered in time. */
  decided: { id: string; decision: string }[];
}

/** Does the chores of these mailboxes (default: all), once. Doing them twice or at the same time as somebody else changes nothing. */
export async function keepMail(
  { boxes, mailer, life }: { boxes: Boxes; mailer: Mailer; life: Life },
  addresses?: readonly string[],
): Promise<Kept> {
  const kept: Kept = {
    finished: [],
    returned: [],
    expired: [],
    overdue: [],
    decided: [],
    routed: [],
  };
  const known = new Set(await boxes.addresses());
  const notify = (what: Notice, to: readonly string[]) => tell(mailer, known, what, to);
  for (const { message, gone } of await mailer.finish(addresses)) {
    kept.finished.push(message.id);
    for (const address of gone) {
      const line = `"${message.subject}" does not reach ${address}`;
      await notify(notice('BOUNCE', message, address, line, 'its mailbox is gone'), [message.from]);
    }
  }
  for (const address of addresses ?? known) {
    for (const { entry, reason, dead } of await life.giveBackOverdue(address)) {
      const { heading } = entry;
      kept.returned.push({ address, id: heading.id, reason, dead });
      if (dead) await tellBounce({ boxes, mailer }, address, entry, `${reason}, for the last time`);
    }
    for (const entry of await listing(boxes, address)) {
      const { heading, record } = entry;
      if (entry.stage === 'done' || entry.stage === 'taken') continue;
      if (isExpired(heading)) {
        await life.move(address, entry, 'Dead');
        kept.expired.push({ address, id: heading.id });
        await notify(expiry(address, entry), [heading.from]);
        continue;
      }
      const step = overdueSteps[record.reminded];
      if (!step || !heading.ackBy || !isUnacked(entry)) continue;
      if (Date.now() < Date.parse(heading.ackBy) + step.afterMs) continue;
      const told = step.tell(address);
      await notify(reminder(address, entry, record.reminded), [told]);
      await life.reminded(address, entry, record.reminded + 1);
      kept.overdue.push({ address, id: heading.id, told });
    }
  }
  if (!addresses || addresses.includes('lead')) kept.routed = await routeToOperator();
  for (const question of await openQuestions(boxes)) {
    if (question.default === null || question.deadline === null) continue;
    if (Date.parse(question.deadline) > Date.now()) continue;
    const decision = { question, decision: question.default, by: 'timeout' as const };
    const sent = await decide({ boxes, mailer, life }, decision).catch(answered);
    if (sent) kept.decided.push({ id: question.id, decision: question.default });
  }
  return kept;

  /** `lead` is a program: what asks for judgement goes on to the operator as it is, the rest is done by having come. */
  async function routeToOperator(): Promise<string[]> {
    const routed: string[] = [];
    for (const { heading, file, stage } of await listing(boxes, 'lead')) {
      if (stage === 'done') continue;
      const bytes = heading.from !== 'lead' && forJudgement.has(heading.type) ? maildir.read(file)?.bytes : undefined;
      if (bytes) {
        await boxes.put('operator', nameOf(file).name, bytes);
        routed.push(heading.id);
      }
      await life.finish('lead', heading.id);
    }
    return routed;
  }
}

/** What is asked of `lead` and wants a person. */
const forJudgement: ReadonlySet<string> = new Set([
  'HELP_REQUEST',
  'QUESTION',
  'BLOCKED',
  'SCOPE_ESCAPE',
  'SPAWN_REQUEST',
]);

/** The operator was just faster, or who asked has no mailbox any more. */
function answered(error: unknown): null {
  if (error instanceof EffectError && ['denied', 'no-mailbox'].includes(error.code)) return null;
  throw error;
}

type Notice = Pick<Draft, 'type' | 'subject' | 'body' | 'key' | 'thread' | 'inReplyTo'>;

/** Sends news from `lead` to those of `to` who have a mailbox. */
async function tell(mailer: Mailer, known: ReadonlySet<string>, what: Notice, to: readonly string[]): Promise<void> {
  const there = to.filter((each) => known.has(each));
  if (there.length > 0) await mailer.send({ from: 'lead', to: there, ...what });
}

/** Tells who sent a message, and lead, that it ended as a dead letter. */
export async function tellBounce(
  { boxes, mailer }: { boxes: Boxes; mailer: Mailer },
  address: string,
  entry: Entry,
  reason: string,
): Promise<void> {
  const known = new Set(await boxes.addresses());
  await tell(mailer, known, bounce(address, entry, reason), [...new Set([entry.heading.from, 'lead'])]);
}

/** What the sender hears of a message that ended unread. */
export function bounce(address: string, { heading }: Entry, reason: string): Notice {
  return notice('BOUNCE', heading, address, `${address} did not get to "${heading.subject}"`, reason);
}

function expiry(address: string, { heading }: Entry): Notice {
  const line = `"${heading.subject}" expired unread at ${address}`;
  return notice('EXPIRED', heading, address, line, `it was to be read before ${heading.expires}`);
}

function reminder(address: string, { heading }: Entry, step: number): Notice {
  const line = `${address} has not acked "${heading.subject}"`;
  const reason = `${heading.from} asked for it by ${heading.ackBy}`;
  return { ...notice('ACK_OVERDUE', heading, address, line, reason), key: `overdue-${step}-${address}-${heading.id}` };
}

function notice(
  type: 'BOUNCE' | 'EXPIRED' | 'ACK_OVERDUE',
  { id, thread }: Pick<Entry['heading'], 'id' | 'thread'>,
  recipient: string,
  line: string,
  reason: string,
): Notice {
  const subject = line.length > 190 ? `${line.slice(0, 190)}…` : line;
  const { body } = typedDraft('lead', { type, subject, fields: { message: id, recipient, reason } });
  return { type, subject, body, key: `${type.toLowerCase()}-${recipient}-${id}`, thread, inReplyTo: id };
}
