// What people and agents do with mail, for the commands and for the tools of MCP: one place that says what a request means.
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { EffectError, errnoOf } from '../core/errors.ts';
import type { Attachment, Draft, Importance, Message } from '../mail/contract.ts';
import { pick } from '../mail/life.ts';
import type { Entry } from '../mail/listing.ts';
import { listing } from '../mail/listing.ts';
import type { Sent } from '../mail/mailer.ts';
import { type SwarmType, typeNamed } from '../mail/typed/types.ts';
import { typedDraft } from '../mail/typed-draft.ts';
import type { Mailroom } from './mailroom.ts';
import type { Status } from './presence.ts';
import { spanIn } from './values.ts';

export interface SendRequest {
  to: readonly string[];
  cc?: readonly string[] | undefined;
  bcc?: readonly string[] | undefined;
  /** Default: the first line of the body, or what the type makes of its fields. */
  subject?: string | undefined;
  body?: string | undefined;
  type?: string | undefined;
  fields?: Readonly<Record<string, unknown>> | undefined;
  thread?: string | undefined;
  importance?: Importance | undefined;
  /** Seconds within which it must be acked; 0 for none, whatever the type asks for. */
  ackSeconds?: number | undefined;
  expiresSeconds?: number | undefined;
  /** Paths of files, from the working folder. */
  attach?: readonly string[] | undefined;
  key?: string | undefined;
}

export interface SendReport extends Omit<Sent, 'to'> {
  to: (Sent['to'][number] & { status: Status })[];
  /** What the sender should know: who is not there, that nobody is watching. */
  remarks: string[];
}

/** Sends what is asked for. Errors as of `Mailer.send` and `typedDraft`. */
export async function send(room: Mailroom, request: SendRequest, parent?: Message): Promise<SendReport> {
  const sent = await room.mailer.send(await draftOf(room, request, parent));
  const to = sent.to.map((each) => ({ ...each, status: room.presence.statusOf(each.address) }));
  return { ...sent, to, remarks: to.flatMap((each) => remarkOf(each, room)) };
}

/** Answers a message of the caller's: to who wrote it (`all`: and to whom it went as well), in its thread. An answer asks for no ack by itself. */
export async function reply(
  room: Mailroom,
  id: string,
  { all = false, ...request }: Omit<SendRequest, 'to'> & { all?: boolean | undefined },
): Promise<SendReport> {
  const { message } = await open(room, id);
  const others = all ? message.to.filter((each) => each !== room.address && each !== message.from) : [];
  const subject =
    request.subject ?? (request.type ? undefined : `Re: ${message.subject.replace(/^(?:re:\s*)+/i, '')}`.slice(0, 200));
  return send(room, { ackSeconds: 0, ...request, subject, to: [message.from, ...others] }, message);
}

async function draftOf(room: Mailroom, request: SendRequest, parent?: Message): Promise<Draft> {
  const { subject, body, fields = {}, type: name } = request;
  const type = name === undefined || name.toLowerCase() === 'note' ? null : typeNamed(name);
  if (name !== undefined && type === null && name.toLowerCase() !== 'note') throw unknownType(name);
  const typed = type
    ? typedDraft(room.address, { type, fields: withInstants(fields), subject, body })
    : noteOf(subject, body, fields);
  const ackSeconds = request.ackSeconds ?? typed.ackSeconds ?? 0;
  return {
    from: room.address,
    to: request.to,
    cc: request.cc ?? [],
    bcc: request.bcc ?? [],
    type: typed.type,
    subject: typed.subject,
    body: typed.body,
    thread: request.thread ?? parent?.thread ?? typed.task,
    inReplyTo: parent?.id ?? null,
    ...(parent ? { references: [...parent.references, parent.id] } : {}),
    importance: request.importance ?? 'normal',
    ackBy: ackSeconds > 0 ? later(ackSeconds) : null,
    expires: request.expiresSeconds ? later(request.expiresSeconds) : null,
    attachments: await Promise.all((request.attach ?? []).map((path) => attachmentOf(room, path))),
    ...(request.key === undefined ? {} : { key: request.key }),
  };
}

/** `deadline=10m` means ten minutes from now. */
function withInstants(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const instantOf = (value: unknown) => {
    const seconds = typeof value === 'string' ? spanIn(value) : null;
    return seconds === null ? value : later(seconds);
  };
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, instants.has(name) ? instantOf(value) : value]),
  );
}

const instants: ReadonlySet<string> = new Set(['deadline', 'until']);

function noteOf(subject: string | undefined, body: string | undefined, fields: Readonly<Record<string, unknown>>) {
  const [stray] = Object.keys(fields);
  if (stray !== undefined) {
    throw new EffectError({
      code: 'bad-fields',
      message: `${stray}: a note has no fields`,
      hint: 'name a type, or write it into the body',
    });
  }
  const text = body ?? '';
  const first = text.split('\n').find((line) => line.trim() !== '') ?? '';
  const told =
    subject ??
    first
      .replace(/^#+\s*/, '')
      .trim()
      .slice(0, 120);
  return { type: 'note' as const, subject: told, body: text, task: null, ackSeconds: null };
}

function unknownType(name: string): EffectError {
  return new EffectError({
    code: 'bad-fields',
    message: `${JSON.stringify(name.slice(0, 80))} is no type of message`,
    hint: 'oompa docs mail lists them; without a type it is a note',
  });
}

async function attachmentOf({ paths }: Mailroom, path: string): Promise<Attachment> {
  const file = resolve(path);
  const found = await stat(file).catch((error) => {
    throw errnoOf(error) === 'ENOENT' ? badPath(path, 'there is no such file') : error;
  });
  if (!found.isFile()) throw badPath(path, 'it is no file');
  const name = relative(paths.root, file);
  if (name.startsWith('..')) throw badPath(path, 'it is outside the repository');
  const bytes = await readFile(file);
  return { path: name, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
}

function badPath(path: string, why: string): EffectError {
  return new EffectError({ code: 'bad-path', message: `cannot attach ${path}: ${why}`, hint: 'nothing was sent' });
}

function later(seconds: number): string {
  return new Date(Date.now() + seconds * 1_000).toISOString();
}

function remarkOf({ address, outcome, reason, status }: SendReport['to'][number], room: Mailroom): string[] {
  if (outcome === 'gone') return [`${address} does not get it: ${reason}`];
  if (outcome === 'failed') return [`${address} does not have it yet: ${reason}`];
  if (address === 'operator' && room.isAgent && status === 'offline')
    return ['nobody is watching now: the operator reads it later, so go on with what does not need the answer'];
  if (status === 'offline') return [`${address} is offline: it reads its mail when it is back`];
  return [];
}

/** A message of the caller's with its text, by its id or the start of it, wherever in the mailbox it lies. */
export async function open(room: Mailroom, id: string): Promise<{ entry: Entry; message: Message }> {
  const { boxes, address } = room;
  const inbox = await listing(boxes, address);
  const near = inbox.some(({ heading }) => heading.id.startsWith(id));
  const all = near
    ? inbox
    : [...inbox, ...(await listing(boxes, address, 'Archive')), ...(await listing(boxes, address, 'Dead'))];
  const entry = pick(all, id, address);
  return { entry, message: await messageOf(room, entry) };
}

/** The text of a listed message. Throws EffectError `not-found` when somebody has just moved it away. */
export async function messageOf({ boxes, address }: Mailroom, entry: Entry): Promise<Message> {
  const received = (await boxes.receive(address, entry.file)) ?? (await boxes.find(address, entry.heading.id));
  if (received) return received.message;
  throw new EffectError({ code: 'not-found', message: `${entry.heading.id} is gone`, hint: 'list the mail again' });
}

/** Types by their names, in any spelling. Throws EffectError `bad-fields` for one that is none. */
export function typesNamed(names: readonly string[]): (SwarmType | 'note')[] {
  return names.map((name) => {
    const type = name.toLowerCase() === 'note' ? 'note' : typeNamed(name);
    if (type === null) throw unknownType(name);
    return type;
  });
}
