// Bytes become a message, whoever wrote them: headers by postal-mime, the body straight from the file where it is not encoded.
import type { Address, Email } from 'postal-mime';
import { clean } from '../core/clean.ts';
import { EffectError, messageOf } from '../core/errors.ts';
import { fromWire } from './address.ts';
import type { Attachment, Importance, Message, MessageType } from './contract.ts';
import { fits, headerEnd, isMessageId, isProgramType, isType, limits } from './message.ts';
import { typeOf } from './type-of.ts';

/** What a message is told to have that has no Message-ID or no date of its own. */
export interface Otherwise {
  id: string;
  date: string;
}

/**
 * Reads a message of ours or of any mail program. Headers come out cleaned (names in lower case, the first of a name counts); the
 * body is data as it was written, without the last line end. Throws EffectError `not-mail`, with the reason as its message.
 */
export async function parse(bytes: Buffer, domain: string, otherwise: Otherwise): Promise<Message> {
  const { default: PostalMime, decodeWords } = await import('postal-mime');
  const [end, start] = headerEnd(bytes);
  if (end > limits.encoded) throw notMail(`headers of ${end} bytes`);
  const mail = await PostalMime.parse(bytes.subarray(0, end)).catch(refuse);
  const cleaned = mail.headers.map(({ key, value }) => [clean(key), clean(decodeWords(value)).trim()] as const);
  const headers: Record<string, string> = Object.fromEntries(cleaned.reverse());
  const [from] = addressesOf(mail.from ? [mail.from] : [], domain);
  if (!from) throw notMail('there is no From header');
  const subject = clean(mail.subject ?? '').trim();
  const type = typeIn(headers['oompa-type'], subject, from);
  const body = plainBody(headers, bytes.subarray(start)) ?? (await encodedBody(bytes));
  if (!fits(type, body)) throw notMail(`the body of a ${type} is not JSON`);
  const id = idIn(headers['message-id']) ?? otherwise.id;
  const inReplyTo = idIn(headers['in-reply-to']);
  const references = idsIn(headers.references ?? '');
  return {
    id,
    from,
    to: addressesOf([...(mail.to ?? []), ...(mail.cc ?? [])], domain),
    bcc: addressesOf(mail.bcc ?? [], domain),
    subject,
    date: [headers['oompa-sent'], mail.date].find(isInstant) ?? otherwise.date,
    type,
    inReplyTo,
    references,
    thread: headers['oompa-thread'] || (references[0] ?? inReplyTo ?? id),
    importance: importanceOf(headers),
    ackBy: instantIn(headers['oompa-ack-by']),
    expires: instantIn(headers.expires),
    seq: /^\d{1,15}$/.test(headers['oompa-seq'] ?? '') ? Number(headers['oompa-seq']) : null,
    attachments: attachmentsIn(headers['oompa-attachments'] ?? ''),
    body,
    headers,
  };
}

/** What only the program says has to be named as it is; what people and agents say is a note if it is nothing better. */
function typeIn(header: string | undefined, subject: string, from: string): MessageType {
  if (header !== undefined && !isType(header)) throw notMail(`Oompa-Type ${header} is not known`);
  return header !== undefined && isProgramType(header) ? header : typeOf(header, subject, from);
}

export function notMail(reason: string): EffectError {
  return new EffectError({ code: 'not-mail', message: clean(reason) });
}

function refuse(error: unknown): never {
  throw notMail(messageOf(error));
}

function addressesOf(addresses: readonly Address[], domain: string): string[] {
  return addresses
    .flatMap((each) => each.group ?? [each])
    .map((each) => fromWire(clean(each.address || each.name).trim(), domain))
    .filter((each) => each !== '');
}

function isInstant(text: string | undefined): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(text ?? '') && !Number.isNaN(Date.parse(text ?? ''));
}

function instantIn(header: string | undefined): string | null {
  const time = Date.parse(header ?? '');
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

function importanceOf(headers: Readonly<Record<string, string>>): Importance {
  const said = (headers.importance ?? '').toLowerCase();
  if ((headers.priority ?? '').toLowerCase() === 'urgent') return 'urgent';
  return said === 'high' || said === 'low' ? said : 'normal';
}

function attachmentsIn(header: string): Attachment[] {
  return [...header.matchAll(/(?:^|\s)([0-9a-f]{64}):(\d{1,15}):(\S+)/g)].flatMap(
    ([, sha256 = '', bytes, path = '']) => {
      try {
        return [{ path: clean(decodeURIComponent(path)), sha256, bytes: Number(bytes) }];
      } catch {
        return [];
      }
    },
  );
}

function idsIn(header: string): string[] {
  return header
    .split(/\s+/)
    .flatMap((each) => idIn(each) ?? [])
    .slice(-mostReferences);
}

function idIn(header: string | undefined): string | null {
  const id = /^<?([^<>\s]+)>?/.exec(header ?? '')?.[1] ?? '';
  return isMessageId(id) ? id : null;
}

/** Of a thread that goes on for long, the latest ones are enough to hang it together. */
const mostReferences = 50;

const plainType = /^(?:text\/(?:plain|markdown)|application\/json)\s*(?:;\s*charset="?(?:utf-8|us-ascii)"?\s*)?$/i;
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** The body, when it needs no MIME parser, which is 40 times as fast; else null. */
function plainBody(headers: Readonly<Record<string, string>>, body: Buffer): string | null {
  if (!plainType.test(headers['content-type'] ?? 'text/plain')) return null;
  return /^(?:7bit|8bit|binary)$/i.test(headers['content-transfer-encoding'] ?? '7bit')
    ? finish(utf8.decode(body))
    : null;
}

/** The text of a MIME message. JSON or Markdown alone counts as an attachment there. */
async function encodedBody(bytes: Buffer): Promise<string> {
  if (bytes.length > limits.encoded) throw notMail(`an encoded message of ${bytes.length} bytes`);
  const { default: PostalMime } = await import('postal-mime');
  const mail: Email = await PostalMime.parse(bytes, { attachmentEncoding: 'utf8', maxNestingDepth: 20 }).catch(refuse);
  const alone = mail.attachments.find((each) => /^(?:application\/json|text\/markdown)$/.test(each.mimeType))?.content;
  return finish(mail.text ?? (typeof alone === 'string' ? alone : (mail.html ?? ''))).trimEnd();
}

function finish(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(/\n$/, '');
}
