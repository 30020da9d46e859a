// Questions to the operator and their decisions: each is decided once, by the person or, at its deadline, by its default.
import { join } from 'node:path';
import { EffectError } from '../core/errors.ts';
import { inSection } from '../disk/lock.ts';
import type { Boxes } from './boxes.ts';
import { messageId } from './compose.ts';
import type { Message } from './contract.ts';
import type { Life } from './life.ts';
import { listing } from './listing.ts';
import * as maildir from './maildir.ts';
import type { Mailer, Sent } from './mailer.ts';
import { readTyped } from './typed/legacy.ts';
import { typedDraft } from './typed-draft.ts';

export interface Question {
  id: string;
  from: string;
  thread: string;
  task: string | null;
  /** ISO 8601: when it was asked. */
  date: string;
  text: string;
  /** Empty: any words answer it. */
  options: string[];
  /** What is decided at the deadline if nobody answers. */
  default: string | null;
  /** ISO 8601. */
  deadline: string | null;
}

/** Whether mail of a type asks for a decision. */
export function isAsked(type: string): boolean {
  return type === 'QUESTION' || type === 'HELP_REQUEST';
}

/** A message as a question; null when it is none. */
export function questionOf(message: Message): Question | null {
  const { id, from, thread, date, subject, body, type } = message;
  if (!isAsked(type)) return null;
  const { fields, task } = readTyped({ subject, body, type });
  const text = (name: string) => (typeof fields[name] === 'string' ? (fields[name] as string) : null);
  return {
    ...{ id, from, thread, date, task },
    text: text('question') ?? subject,
    options: Array.isArray(fields.options) ? fields.options.map(String) : [],
    default: text('default'),
    deadline: text('deadline'),
  };
}

/** The open questions of a mailbox, the oldest first. */
export async function openQuestions(boxes: Boxes, address = 'operator'): Promise<Question[]> {
  const open = (await listing(boxes, address, undefined, { open: true })).filter(({ heading }) =>
    isAsked(heading.type),
  );
  const read = await Promise.all(open.map(({ file }) => boxes.receive(address, file)));
  return read.flatMap((received) => (received ? (questionOf(received.message) ?? []) : []));
}

export interface Decision {
  question: Question;
  decision: string;
  /** `operator`, or `timeout` for a default at its deadline. */
  by: 'operator' | 'timeout';
}

/** The option that somebody means: its number from 1, or its words in any case; without options, the words themselves. Null: none of them. */
export function optionOf({ options }: Pick<Question, 'options'>, said: string): string | null {
  if (options.length === 0) return said.trim() || null;
  const byNumber = /^\d+$/.test(said.trim()) ? options[Number(said) - 1] : undefined;
  return options.find((each) => each.toLowerCase() === said.trim().toLowerCase()) ?? byNumber ?? null;
}

/**
 * Sends the decision to who asked, and closes the question. Exactly one of several deciders wins, also after a crash in between; for the
 * others it throws EffectError `denied`, with what was decided.
 */
export async function decide(
  { boxes, mailer, life }: { boxes: Boxes; mailer: Mailer; life: Life },
  { question, decision, by }: Decision,
  address = 'operator',
): Promise<Sent> {
  const senders = { operator: address, timeout: 'lead' } as const;
  return inSection(join(boxes.box(address), 'oompa-decide'), async () => {
    const earlier = await decisionFrom(boxes, question.id, by === 'operator' ? senders.timeout : senders.operator);
    const entry = (await listing(boxes, address)).find(({ heading }) => heading.id === question.id);
    if (earlier || !entry || entry.stage === 'done') {
      if (entry && entry.stage !== 'done') await life.finish(address, question.id);
      const said = earlier ?? (await decisionFrom(boxes, question.id, senders[by]));
      throw new EffectError({
        code: 'denied',
        message: said
          ? `already decided: ${said.decision}${said.by === 'timeout' ? ' (its default)' : ''}`
          : 'already closed',
        hint: `oompa mail thread ${question.thread} shows what was decided`,
      });
    }
    const from = senders[by];
    const fields = { decision, by, question: question.text, ...(question.task ? { task: question.task } : {}) };
    const { type, subject, body } = typedDraft(from, { type: 'DECISION', fields });
    const { heading } = entry;
    const sent = await mailer.send({
      ...{ from, to: [question.from], type, subject, body, key: keyOf(question.id), thread: question.thread },
      inReplyTo: question.id,
      references: [...heading.references, heading.id],
      importance: 'high',
    });
    await life.finish(address, question.id);
    return sent;
  });
}

const keyOf = (question: string) => `decision-${question}`;

/** What a sender decided on a question; null when it did not. */
async function decisionFrom(
  boxes: Boxes,
  question: string,
  from: string,
): Promise<{ decision: string; by: string } | null> {
  const id = messageId({ from, key: keyOf(question) }, boxes.hostname);
  const [file] = await maildir.search(boxes.box(from, 'Sent'), id, () => true);
  const received = file === undefined ? null : await boxes.receive(from, file);
  if (!received) return null;
  const { decision, by } = readTyped(received.message).fields;
  return { decision: String(decision), by: String(by) };
}
