// Sending to several, whole or not at all: the sender's own copy is the promise, and whoever finds it unfinished keeps it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EffectError, errnoOf, messageOf } from '../core/errors.ts';
import { writeAtomic } from '../disk/durable.ts';
import { inSection } from '../disk/lock.ts';
import { checkAddress, fixed, type Members, resolve } from './address.ts';
import { type BoxesOptions, createBoxes } from './boxes.ts';
import { checkDraft } from './check-draft.ts';
import { compose, digestOf, messageId, microsOf, nextStamp, withoutBcc } from './compose.ts';
import type { Draft, Message, Received } from './contract.ts';
import * as maildir from './maildir.ts';

export interface Sent {
  id: string;
  thread: string;
  /** Counts what this sender sent. */
  seq: number | null;
  /** Whether the same draft was sent under this key before. */
  again: boolean;
  /** Every single recipient, Bcc included. A `failed` one gets it later, from whoever sends or keeps next; one that is `gone` never. */
  to: { address: string; outcome: 'delivered' | 'failed' | 'gone'; reason: string | null }[];
}

export interface Finished {
  message: Message;
  /** Recipients that are gone: they never get it. */
  gone: string[];
}

export interface MailerOptions extends BoxesOptions {
  /** Members of a group that mailboxes alone do not tell (`@task-x`); null for no such group. */
  members?: Members;
}

export interface Mailer {
  /**
   * Sends a draft. Refused whole, before anything is written, with an EffectError: `bad-address`, `no-mailbox`, `bad-header`,
   * `bad-body`, `bad-fields`, `too-big`, `denied`, or `key-conflict` when something else was sent under the key. Once the sender's own
   * copy is there the message is sent: recipients that cannot be reached now are `failed` and get it later.
   */
  send(draft: Draft): Promise<Sent>;
  /** Finishes what senders of these addresses (default: all) began and did not finish. Gives what is finished now, and who has no mailbox any more. */
  finish(addresses?: readonly string[]): Promise<Finished[]>;
}

export function createMailer(options: MailerOptions): Mailer {
  const boxes = createBoxes(options);
  const { box, open, checkFormat, addresses, receive, put, sync, hostname } = boxes;

  async function send(draft: Draft): Promise<Sent> {
    await checkFormat();
    checkDraft(draft);
    const [to, cc, bcc] = await resolveAll(draft);
    const id = messageId(draft, hostname);
    if (!maildir.exists(box(draft.from, 'Sent'))) await open(draft.from, 'Sent');
    const before = draft.key === undefined ? null : await ownCopy(draft.from, id);
    if (before) return again(draft, before);
    const thread = draft.thread ?? id;
    const next = await nextOf(draft.from);
    const bytes = await compose({ ...draft, thread }, { to, cc, bcc }, id, hostname, next);
    if ((await maildir.deliver(box(draft.from, 'Sent'), id, bytes, sync)) === 'was-here') {
      const other = await ownCopy(draft.from, id);
      if (other) return again(draft, other);
    }
    const outcome = await fanOut(draft.from, id, bytes, [...to, ...cc, ...bcc]);
    return { id, thread, seq: next.seq, again: false, to: outcome };
  }

  /** What was sent under a key is not sent anew: it is finished, if it has to be. */
  async function again(draft: Draft, { message, file }: Received): Promise<Sent> {
    if (message.headers['oompa-digest'] !== digestOf({ ...draft, thread: draft.thread ?? message.id })) {
      throw new EffectError({
        code: 'key-conflict',
        message: `${draft.from} sent something else under the key ${JSON.stringify(draft.key)}`,
        hint: 'another message wants another key',
      });
    }
    const to = await fanOutFile(draft.from, message, file);
    return { id: message.id, thread: message.thread, seq: message.seq, again: true, to };
  }

  async function fanOutFile(from: string, message: Message, file: string): Promise<Sent['to']> {
    const bytes = maildir.read(file)?.bytes;
    const everybody = [...message.to, ...message.bcc];
    return bytes
      ? fanOut(from, message.id, bytes, everybody)
      : everybody.map((address) => ({ address, outcome: 'delivered', reason: null }));
  }

  async function fanOut(from: string, id: string, bytes: Buffer, to: readonly string[]): Promise<Sent['to']> {
    const copy = withoutBcc(bytes);
    const all: Sent['to'] = [];
    for (const address of to) {
      try {
        await put(address, id, copy);
        all.push({ address, outcome: 'delivered', reason: null });
      } catch (error) {
        if (!(error instanceof EffectError) && !errnoOf(error)) throw error;
        const isGone = error instanceof EffectError && error.code === 'no-mailbox';
        all.push({ address, outcome: isGone ? 'gone' : 'failed', reason: messageOf(error) });
      }
    }
    if (all.every(({ outcome }) => outcome !== 'failed'))
      // Not synced: forgotten in a power cut, it is only done again.
      await maildir.take(join(box(from, 'Sent'), 'new', id), 'S', { sync: false, once: true });
    return all;
  }

  async function ownCopy(from: string, id: string): Promise<Received | null> {
    const [file] = await maildir.search(box(from, 'Sent'), id, () => true);
    return file ? receive(from, file) : null;
  }

  /** The next number of a sender, and a time after that of its last message even if the clock was set back. */
  async function nextOf(from: string): Promise<{ seq: number; sent: string }> {
    const file = join(box(from), 'oompa-seq');
    return inSection(join(box(from), 'oompa-lock'), async () => {
      const [seq = 0, micros = 0] = readNumbers(file);
      const next = { seq: seq + 1, sent: nextStamp(micros) };
      await writeAtomic(file, `${next.seq} ${microsOf(next.sent)}\n`, { sync: false });
      return next;
    });
  }

  async function resolveAll(draft: Draft): Promise<[string[], string[], string[]]> {
    const known = await addresses();
    const seen = new Set<string>();
    const lists: string[][] = [];
    for (const list of [draft.to, draft.cc ?? [], draft.bcc ?? []]) {
      const found = await resolve(list, draft.from, async () => known, options.members);
      lists.push(found.filter((each) => !seen.has(each)));
      for (const each of found) seen.add(each);
    }
    const missing = [checkAddress(draft.from), ...seen].filter(
      (each) => !fixed.includes(each) && !known.includes(each),
    );
    if (missing.length > 0) throw nobody(missing, known);
    if (seen.size === 0) throw nobody(draft.to, known);
    const [to = [], cc = [], bcc = []] = lists;
    return [to, cc, bcc];
  }

  return {
    send,
    async finish(senders) {
      const done: Finished[] = [];
      for (const from of senders ?? (await addresses())) {
        for (const file of await maildir.list(box(from, 'Sent'), 'new')) {
          const received = await receive(from, file);
          if (!received) continue;
          const to = await fanOutFile(from, received.message, received.file);
          if (to.some(({ outcome }) => outcome === 'failed')) continue;
          const gone = to.flatMap(({ address, outcome }) => (outcome === 'gone' ? [address] : []));
          done.push({ message: received.message, gone });
        }
      }
      return done;
    },
  };
}

function readNumbers(file: string): number[] {
  try {
    return readFileSync(file, 'utf8').trim().split(' ').map(Number).filter(Number.isSafeInteger);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** That there is no such mailbox, and which ones there are. */
export function nobody(missing: readonly string[], known: readonly string[]): EffectError {
  const others = known.filter((each) => !fixed.includes(each));
  return new EffectError({
    code: 'no-mailbox',
    message: `nobody has the address ${missing.join(', ')}`,
    hint: `there are: ${[...fixed, ...others].join(', ')}; nothing was done`,
  });
}
