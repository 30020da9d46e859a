// The life of a message in a mailbox: taken, seen, acked, done, given back. Each step is one call in the mailbox's own section.
import { join } from 'node:path';
import { EffectError } from '../core/errors.ts';
import { renameChecked } from '../disk/durable.ts';
import { inSection } from '../disk/lock.ts';
import { isAlive, type ProcessIdentity } from '../disk/process.ts';
import type { Boxes } from './boxes.ts';
import { type Entry, type Filter, isExpired, listing, passes } from './listing.ts';
import * as maildir from './maildir.ts';
import { nameOf, takenName } from './names.ts';
import { type MailRecord, readRecord, writeRecord } from './records.ts';

/** Who takes a message: for a person, and the process whose end gives it back. */
export interface Taker {
  by: string;
  process: ProcessIdentity | null;
}

/** How often a message may be taken and not finished. */
export const mostAttempts = 3;
/** How long a taker has by default. */
export const takeMs = 15 * 60_000;

export interface Life {
  /** Claims the message of this id, or the oldest that is free. Null when there is none; exactly one of many takers gets it. */
  take(
    address: string,
    taker: Taker,
    options?: { id?: string; filter?: Filter; forMs?: number },
  ): Promise<Entry | null>;
  /** Marks as read. */
  see(address: string, id: string): Promise<Entry>;
  /** Says that it was understood. */
  ack(address: string, id: string): Promise<Entry>;
  /** Says that nothing is left to do about it; an ack as well. */
  finish(address: string, id: string): Promise<Entry>;
  /** Gives it back unread; after too many attempts it goes to the dead letters. Says where it is now. */
  giveBack(address: string, id: string, reason: string): Promise<{ entry: Entry; dead: boolean }>;
  /** Gives back what dead or late takers hold. */
  giveBackOverdue(address: string): Promise<{ entry: Entry; dead: boolean; reason: string }[]>;
  /** Puts a message away. */
  move(address: string, entry: Entry, folder: 'Archive' | 'Dead'): Promise<void>;
  /** Notes how often a missing ack was told. */
  reminded(address: string, entry: Entry, count: number): Promise<void>;
}

export function createLife(boxes: Boxes): Life {
  const { box, sync } = boxes;
  const section = async <T>(address: string, work: () => Promise<T>) => {
    await boxes.checkFormat();
    return inSection(join(box(address), 'oompa-lock'), work);
  };
  const nameIn = (entry: Entry) => nameOf(entry.file).name;
  const now = () => new Date().toISOString();

  /** Writes the record first: a flag without a record tells less than a record without its flag. */
  async function keep(address: string, entry: Entry, patch: Partial<MailRecord>, flags: string): Promise<Entry> {
    const name = nameIn(entry);
    const record = { ...readRecord(box(address), name), ...patch };
    await writeRecord(box(address), name, record, sync);
    return { ...entry, record, ...(await flagged(entry, flags)) };
  }

  async function flagged(entry: Entry, flags: string): Promise<Pick<Entry, 'file' | 'flags'>> {
    const taken = await maildir.take(entry.file, flags, { sync, once: true });
    const file = taken ?? (await maildir.flag(entry.file, flags, sync));
    return { file, flags: nameOf(file).flags };
  }

  async function need(address: string, id: string): Promise<Entry> {
    return pick(await listing(boxes, address), id, address);
  }

  /** Moves it first: what still has a dead taker is given back again, what has none would lie there as read. */
  async function back(address: string, entry: Entry, reason: string): Promise<{ entry: Entry; dead: boolean }> {
    const name = nameIn(entry);
    const before = readRecord(box(address), name);
    const dead = before.attempt >= mostAttempts;
    if (dead) await move(address, entry, 'Dead');
    else if (!entry.file.includes('/new/')) await renameChecked(entry.file, join(box(address), 'new', name), { sync });
    const record = { ...before, taker: null, returns: [...before.returns, { at: now(), reason }] };
    await writeRecord(box(address), name, record, sync);
    return { entry: { ...entry, stage: 'new', record }, dead };
  }

  async function move(address: string, entry: Entry, folder: 'Archive' | 'Dead'): Promise<void> {
    await boxes.open(address, folder);
    const { name, flags } = nameOf(entry.file);
    await renameChecked(entry.file, join(box(address, folder), 'cur', takenName(name, '', flags)), { sync });
  }

  return {
    take: (address, taker, { id, filter = {}, forMs = takeMs } = {}) =>
      section(address, async () => {
        const free = (entry: Entry) => entry.stage !== 'taken' && entry.stage !== 'done';
        const all = await listing(boxes, address);
        const entry =
          id === undefined
            ? all.find((each) => free(each) && each.stage === 'new' && passes(each, filter))
            : pick(all, id, address);
        if (!entry || !free(entry) || (id === undefined && isExpired(entry.heading))) return null;
        const at = now();
        const until = new Date(Date.parse(at) + forMs).toISOString();
        const patch = {
          attempt: entry.record.attempt + 1,
          taker: { ...taker, at, until },
          seen: entry.record.seen ?? at,
        };
        return { ...(await keep(address, entry, patch, 'S')), stage: 'taken' as const };
      }),

    see: (address, id) =>
      section(address, async () => {
        const entry = await need(address, id);
        if (entry.stage !== 'new') return entry;
        return { ...(await keep(address, entry, { seen: entry.record.seen ?? now() }, 'S')), stage: 'seen' as const };
      }),

    ack: (address, id) =>
      section(address, async () => {
        const entry = await need(address, id);
        if (entry.record.acked) return entry;
        const stage = entry.stage === 'new' || entry.stage === 'seen' ? 'acked' : entry.stage;
        return { ...(await keep(address, entry, { acked: now(), seen: entry.record.seen ?? now() }, 'S')), stage };
      }),

    finish: (address, id) =>
      section(address, async () => {
        const entry = await need(address, id);
        if (entry.stage === 'done') return entry;
        const at = now();
        const { acked, seen } = entry.record;
        const patch = { done: at, acked: acked ?? at, seen: seen ?? at, taker: null };
        return { ...(await keep(address, entry, patch, 'SR')), stage: 'done' as const };
      }),

    giveBack: (address, id, reason) =>
      section(address, async () => {
        const entry = await need(address, id);
        if (entry.stage !== 'done') return back(address, entry, reason);
        throw new EffectError({
          code: 'bad-header',
          message: `${id} is done and cannot be given back`,
          hint: 'answer it, or write a new message',
        });
      }),

    async giveBackOverdue(address) {
      // Asked without the section first: mostly nothing is overdue.
      if (overdue(await listing(boxes, address)).length === 0) return [];
      return section(address, async () => {
        const given = [];
        for (const { entry, reason } of overdue(await listing(boxes, address)))
          given.push({ ...(await back(address, entry, reason)), reason });
        return given;
      });
    },

    move: (address, entry, folder) => section(address, () => move(address, entry, folder)),

    reminded: (address, entry, count) =>
      section(address, async () => {
        const name = nameIn(entry);
        await writeRecord(box(address), name, { ...readRecord(box(address), name), reminded: count }, sync);
      }),
  };
}

/** The entry of this id, or of the only id that begins with it. Throws EffectError `not-found`. */
export function pick(entries: readonly Entry[], id: string, address: string): Entry {
  const found = entries.filter((each) => each.heading.id === id);
  const near = found.length > 0 ? found : entries.filter((each) => each.heading.id.startsWith(id));
  const [entry] = near;
  if (entry && near.length === 1 && id !== '') return entry;
  throw new EffectError({
    code: 'not-found',
    message: near.length > 1 ? `${near.length} messages begin with ${id}` : `${address} has no message ${id}`,
    hint: near.length > 1 ? 'give more of the id' : 'oompa mail inbox --all lists them',
  });
}

function overdue(entries: readonly Entry[]): { entry: Entry; reason: string }[] {
  return entries.flatMap((entry) => {
    const { taker, done } = entry.record;
    if (!taker || done || entry.stage === 'done') return [];
    if (taker.process && !isAlive(taker.process)) return [{ entry, reason: `${taker.by} died with it` }];
    const late = Date.parse(taker.until) <= Date.now();
    return late ? [{ entry, reason: `${taker.by} had it until ${taker.until}` }] : [];
  });
}
