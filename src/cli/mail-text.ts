// Messages in words: rows of a list, a whole message framed as data, and both as JSON for programs.
import { clean } from '../core/clean.ts';
import { fenced } from '../core/quote.ts';
import { trustOf, trustText } from '../core/trust.ts';
import type { Message } from '../mail/contract.ts';
import { type Entry, isUnacked } from '../mail/listing.ts';
import type { SendReport } from './mail-actions.ts';
import { table } from './table.ts';

/** A message without its text, for programs. */
export function summaryOf({ heading, stage, record, flags }: Entry): object {
  const { id, from, to, subject, type, thread, date, importance, ackBy, expires, seq, inReplyTo } = heading;
  const about = { id, from, to, subject, type, thread, date, inReplyTo, importance, ackBy, expires, seq };
  return { ...about, stage, attempt: record.attempt, acked: record.acked, flags };
}

/** A whole message, for programs. */
export function wholeOf(entry: Entry, message: Message): object {
  const { body, bcc, attachments } = message;
  return { ...summaryOf(entry), bcc, attachments, trust: trustOf(message.from), body };
}

const head = ['ID', 'State', 'From', 'Type', 'Thread', 'Subject', 'Age', ''];

export function listOf(entries: readonly Entry[], depths?: readonly number[]): string {
  return table(
    head,
    entries.map((entry, at) => row(entry, depths?.[at] ?? 0)),
  );
}

/** A thread, what answers a message below it. */
export function treeText(rows: readonly { entry: Entry; depth: number }[]): string {
  return listOf(
    rows.map(({ entry }) => entry),
    rows.map(({ depth }) => depth),
  );
}

/** Characters of each cell that somebody gets to read who pays by the word. */
const briefest = [21, 5, 24, 18, 24, 80, 4, 40] as const;

/** The same rows for such a reader: at most 60 tokens each. */
export function briefListOf(entries: readonly Entry[]): string {
  const cut = (cell: string, at: number) => {
    const most = briefest[at] ?? 0;
    return cell.length > most ? `${cell.slice(0, most - 1)}…` : cell;
  };
  return [head, ...entries.map((entry) => row(entry, 0))].map((cells) => cells.map(cut).join(' | ')).join('\n');
}

const outcomes: Readonly<Record<string, string>> = { failed: 'later', gone: 'gone' };

/** Whom a message went to, and what its sender should know of that. */
export function sentText({ id, again, to, remarks }: SendReport): string {
  const whom = to.map(({ address, outcome, status }) => `${address} (${outcomes[outcome] ?? status})`);
  const lines = [
    `${again ? 'was sent before' : 'sent'}: ${id} to ${whom.join(', ')}`,
    ...remarks.map((each) => `  ${each}`),
  ];
  return lines.map((line) => clean(line)).join('\n');
}

function row(entry: Entry, depth: number): string[] {
  const { id, from, type, thread, subject, date, importance } = entry.heading;
  const marks = [
    importance === 'normal' ? '' : importance,
    isUnacked(entry) ? `ack by ${entry.heading.ackBy?.slice(11, 16)}` : '',
    entry.record.attempt > 1 ? `attempt ${entry.record.attempt}` : '',
  ];
  const shown = `${'  '.repeat(Math.min(depth, 8))}${depth > 0 ? '↳ ' : ''}${subject}`;
  const cells = [short(id), entry.stage, from, type === 'note' ? '' : type, thread === id ? '' : thread];
  return [...cells, shown, ageOf(date), marks.filter(Boolean).join(', ')].map((cell) => clean(cell).slice(0, 100));
}

/** Enough of an id to name it: senders number or hash their keys, so its start tells. */
function short(id: string): string {
  const [name = ''] = id.split('@');
  return name.length > 21 ? name.slice(0, 21) : name;
}

function ageOf(date: string): string {
  const seconds = Math.max(0, (Date.now() - Date.parse(date)) / 1_000);
  const [unit = 's', size = 1] = (
    [
      ['d', 86_400],
      ['h', 3_600],
      ['m', 60],
      ['s', 1],
    ] as const
  ).find((each) => seconds >= each[1]) ?? ['s', 1];
  return `${Math.floor(seconds / size)}${unit}`;
}

/** A message as an agent or a person reads it: who wrote it and how far that goes, then the text as data. */
export function framed(entry: Entry, message: Message): string {
  const { id, from, to, subject, type, thread, date, ackBy, expires, attachments } = message;
  const lines = [
    `From: ${from} (${trustText(from)})`,
    `To: ${to.join(', ')}`,
    `Subject: ${subject}`,
    `Date: ${date}`,
    `Type: ${type}`,
    `Thread: ${thread}`,
    `Id: ${id}`,
    `State: ${entry.stage}${entry.record.attempt > 1 ? `, attempt ${entry.record.attempt}` : ''}`,
    ...(isUnacked(entry) ? [`Ack-By: ${ackBy} (oompa mail ack ${short(id)})`] : []),
    ...(expires ? [`Expires: ${expires}`] : []),
    ...attachments.map(
      ({ path, sha256, bytes }) => `Attached: ${path} (${bytes} bytes, sha256 ${sha256.slice(0, 12)})`,
    ),
  ];
  return `${lines.map((line) => clean(line)).join('\n')}\n\n${fenced(message.body, '')}`;
}
