// A draft becomes bytes: RFC 5322 headers by nodemailer, the body as it is in UTF-8, so that `cat` and `grep` read it too.
import { createHash, randomUUID } from 'node:crypto';
import { clean } from '../core/clean.ts';
import { EffectError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { checkAddress, toWire } from './address.ts';
import type { Attachment, Draft, Importance } from './contract.ts';
import { contentTypeOf, fits, headerEnd, isMessageId, limits } from './message.ts';

/** Message-ID of a draft: `<from>+<key>@<domain>`. The same sender and key give the same id; without a key it is random. */
export function messageId(draft: Pick<Draft, 'from' | 'key'>, domain: string): string {
  const key = draft.key ?? randomUUID();
  // `~` is in no id, so a hashed key never meets a key that somebody chose.
  const name = isId(key) ? key : `~${createHash('sha256').update(key).digest('hex').slice(0, 40)}`;
  return toWire(`${checkAddress(draft.from)}+${name}`, domain);
}

/** Single addresses. Those of `bcc` stand in the message only when it is the sender's own copy. */
export interface Recipients {
  to: readonly string[];
  cc?: readonly string[];
  bcc?: readonly string[];
}

/**
 * The bytes of a draft to resolved addresses. Line ends of the body become \n. Throws EffectError: `bad-header` (a header that is
 * not the caller's to write, or a value with control characters), `bad-address`, `bad-body`, `too-big`.
 */
export async function compose(
  draft: Draft,
  to: Recipients,
  id: string,
  domain: string,
  { sent = nextStamp(0), seq }: { sent?: string; seq?: number } = {},
): Promise<Buffer> {
  const { default: MimeNode } = await import('nodemailer/lib/mime-node');
  const body = draft.body.replace(/\r\n?/g, '\n');
  if (!fits(draft.type, body)) throw refusal('bad-body', `the body of a ${draft.type} must be JSON`);
  const node = new MimeNode(`${contentTypeOf(draft.type)}; charset=utf-8`, { keepBcc: true });
  const mailbox = (address: string) => ({ name: '', address: toWire(checkAddress(address), domain) });
  node.setHeader('From', mailbox(draft.from));
  node.setHeader('To', to.to.map(mailbox));
  if (to.cc?.length) node.setHeader('Cc', to.cc.map(mailbox));
  if (to.bcc?.length) node.setHeader('Bcc', to.bcc.map(mailbox));
  node.setHeader('Subject', clean(draft.subject).trim());
  node.setHeader('Date', new Date(sent));
  node.setHeader('Message-ID', `<${id}>`);
  if (draft.inReplyTo) {
    node.setHeader('In-Reply-To', `<${checkParent(draft.inReplyTo)}>`);
    const line = draft.references ?? [draft.inReplyTo];
    node.setHeader('References', line.map((each) => `<${checkParent(each)}>`).join(' '));
  }
  node.setHeader('Oompa-Type', draft.type);
  node.setHeader('Oompa-Sent', sent);
  if (seq !== undefined) node.setHeader('Oompa-Seq', String(seq));
  node.setHeader('Oompa-Digest', digestOf(draft));
  for (const [name, value] of Object.entries(lifeHeaders(draft))) node.setHeader(name, checkValue(name, value));
  for (const [name, value] of Object.entries(draft.headers ?? {}))
    node.setHeader(checkName(name), checkValue(name, value));
  // RFC 2045 calls it binary when there is a NUL or a line over 998 bytes; a UTF-16 unit is 3 bytes at most.
  node.setHeader('Content-Transfer-Encoding', /[^\n]{333}|\0/.test(body) ? 'binary' : '8bit');
  const bytes = Buffer.from(`${node.buildHeaders().replaceAll('\r\n', '\n')}\n\n${body}\n`);
  if (bytes.length > limits.message) {
    throw refusal('too-big', `the message has ${bytes.length} bytes, ${limits.message} are allowed`);
  }
  return bytes;
}

/** The bytes of a sender's own copy without its Bcc header: what recipients get. */
export function withoutBcc(bytes: Buffer): Buffer {
  const [end] = headerEnd(bytes);
  const head = bytes.subarray(0, end).toString('latin1');
  // The body may hold a line that begins like it.
  const shorter = head.replace(/^bcc:.*\n(?:[ \t].*\n)*/im, '');
  return head === shorter ? bytes : Buffer.concat([Buffer.from(shorter, 'latin1'), bytes.subarray(end)]);
}

/** How a message of this importance is marked for mail programs. */
const marks: Readonly<Record<Importance, Readonly<Record<string, string>>>> = {
  low: { Importance: 'low' },
  normal: {},
  high: { Importance: 'high' },
  urgent: { Importance: 'high', Priority: 'urgent' },
};

function lifeHeaders(draft: Draft): Record<string, string> {
  const { thread, importance = 'normal', ackBy, expires, attachments = [] } = draft;
  return {
    ...marks[importance],
    ...(thread ? { 'Oompa-Thread': thread } : {}),
    ...(ackBy ? { 'Oompa-Ack-By': ackBy } : {}),
    ...(expires ? { Expires: new Date(expires).toUTCString().replace('GMT', '+0000') } : {}),
    // Paths may hold anything: in ASCII, and with a space after each so that the line can be folded.
    ...(attachments.length > 0 ? { 'Oompa-Attachments': attachments.map(attachmentText).join(' ') } : {}),
  };
}

function attachmentText({ path, sha256, bytes }: Attachment): string {
  return `${sha256}:${bytes}:${encodeURIComponent(path)}`;
}

let last = 0;

/** Now, or just after `after` (microseconds since 1970) if the clock was set back; never the same twice in this process. ISO 8601 with microseconds. */
export function nextStamp(after: number): string {
  last = Math.max(Date.now() * 1_000, last + 1, after + 1);
  const whole = new Date(Math.floor(last / 1_000)).toISOString();
  return whole.replace('Z', `${String(last % 1_000).padStart(3, '0')}Z`);
}

/** Microseconds since 1970 of such a stamp; 0 for what is none. */
export function microsOf(stamp: string): number {
  return (Date.parse(stamp) || 0) * 1_000 + Number(/\.\d{3}(\d{3})Z$/.exec(stamp)?.[1] ?? 0);
}

/** Stands for what a draft says and to whom, however often and whenever it is sent. Hexadecimal. */
export function digestOf(draft: Draft): string {
  const {
    type,
    subject,
    body,
    to,
    cc = [],
    bcc = [],
    inReplyTo,
    thread,
    importance,
    ackBy,
    expires,
    attachments,
  } = draft;
  // Deadlines are counted from the moment of sending: that there is one is all that stays the same.
  const said = [
    type,
    subject,
    body,
    [...to].sort(),
    [...cc].sort(),
    [...bcc].sort(),
    inReplyTo ?? null,
    thread ?? null,
  ];
  const how = [importance ?? 'normal', Boolean(ackBy), Boolean(expires), attachments ?? []];
  return createHash('sha256')
    .update(JSON.stringify([...said, ...how]))
    .digest('hex');
}

const ours =
  /^(?:from|sender|reply-to|to|cc|bcc|subject|date|message-id|in-reply-to|references|mime-version|content-.*|importance|priority|expires|oompa-(?:type|sent|seq|digest|thread|ack-by|attachments))$/i;

function checkName(name: string): string {
  if (/^[A-Za-z][A-Za-z0-9-]{0,63}$/.test(name) && !ours.test(name)) return name;
  throw refusal('bad-header', `${JSON.stringify(name.slice(0, 80))} cannot be given as a header`);
}

function checkValue(name: string, value: string): string {
  if (!/[\x00-\x1f\x7f]/.test(value)) return value;
  throw refusal('bad-header', `the value of ${name} has a line break or another control character in it`);
}

function checkParent(id: string): string {
  if (isMessageId(id)) return id;
  throw refusal('bad-header', `${JSON.stringify(id.slice(0, 80))} is not a Message-ID`);
}

function refusal(code: string, message: string): EffectError {
  return new EffectError({ code, message, hint: 'nothing was sent: change the message and send it again' });
}
