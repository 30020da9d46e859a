// A draft becomes bytes: RFC 5322 headers by nodemailer, the body as it is in UTF-8, so that `cat` and `grep` read it too.
import { createHash, randomUUID } from 'node:crypto';
import { clean } from '../core/clean.ts';
import { EffectError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { checkAddress, toWire } from './address.ts';
import type { Draft } from './contract.ts';
import { contentTypes, fits, isMessageId, limits } from './message.ts';

/** Message-ID of a draft: `<from>+<key>@<domain>`. The same sender and key give the same id; without a key it is random. */
export function messageId(draft: Pick<Draft, 'from' | 'key'>, domain: string): string {
  const key = draft.key ?? randomUUID();
  // `~` is in no id, so a hashed key never meets a key that somebody chose.
  const name = isId(key) ? key : `~${createHash('sha256').update(key).digest('hex').slice(0, 40)}`;
  return toWire(`${checkAddress(draft.from)}+${name}`, domain);
}

/**
 * The bytes of a draft to resolved addresses. Line ends of the body become \n. Throws EffectError: `bad-header` (a header that is
 * not the caller's to write, or a value with control characters), `bad-address`, `bad-body`, `too-big`.
 */
export async function compose(draft: Draft, to: readonly string[], id: string, domain: string): Promise<Buffer> {
  const { default: MimeNode } = await import('nodemailer/lib/mime-node');
  const body = draft.body.replace(/\r\n?/g, '\n');
  if (!fits(draft.type, body)) throw refusal('bad-body', `the body of a ${draft.type} must be JSON`);
  const sent = stamp();
  const node = new MimeNode(`${contentTypes[draft.type]}; charset=utf-8`);
  const mailbox = (address: string) => ({ name: '', address: toWire(checkAddress(address), domain) });
  node.setHeader('From', mailbox(draft.from));
  node.setHeader('To', to.map(mailbox));
  node.setHeader('Subject', clean(draft.subject).trim());
  node.setHeader('Date', new Date(sent));
  node.setHeader('Message-ID', `<${id}>`);
  if (draft.inReplyTo) {
    const parent = `<${checkParent(draft.inReplyTo)}>`;
    node.setHeader('In-Reply-To', parent);
    node.setHeader('References', parent);
  }
  node.setHeader('Oompa-Type', draft.type);
  node.setHeader('Oompa-Sent', sent);
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

let last = 0;

/** Now, in microseconds that never repeat in this process: messages of one sender keep their order. */
function stamp(): string {
  last = Math.max(Date.now() * 1_000, last + 1);
  const whole = new Date(Math.floor(last / 1_000)).toISOString();
  return whole.replace('Z', `${String(last % 1_000).padStart(3, '0')}Z`);
}

const ours =
  /^(?:from|sender|reply-to|to|cc|bcc|subject|date|message-id|in-reply-to|references|mime-version|content-.*|oompa-(?:type|sent))$/i;

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
