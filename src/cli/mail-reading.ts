// What there is to read, for the commands and for the tools of MCP.
import { EffectError } from '../core/errors.ts';
import type { Folder } from '../mail/boxes.ts';
import type { Message } from '../mail/contract.ts';
import { type Entry, type Filter, listing, passes, type Stage } from '../mail/listing.ts';
import { everyMessage, rowsOf, treeOf } from '../mail/thread.ts';
import { open } from './mail-actions.ts';
import type { Mailroom } from './mailroom.ts';
import type { Status } from './presence.ts';

/** What is not done. */
export const openStages: readonly Stage[] = ['new', 'taken', 'seen', 'acked'];

export interface Page {
  /** How many there are on all pages, and how many of them are unread. */
  total: number;
  unread: number;
  entries: Entry[];
}

/** One page of a mailbox (or of a folder of it), the oldest first. Pages begin at 1. */
export async function pageOf(
  { boxes, address }: Mailroom,
  { filter, folder, limit, page }: { filter: Filter; folder?: Folder | undefined; limit: number; page: number },
): Promise<Page> {
  const found = (await listing(boxes, address, folder)).filter((entry) => passes(entry, filter));
  const unread = found.filter(({ stage }) => stage === 'new').length;
  return { total: found.length, unread, entries: found.slice((page - 1) * limit, page * limit) };
}

/** A message of the caller's; marks it as read unless it is only peeked at. Throws EffectError `not-found`. */
export async function read(
  room: Mailroom,
  id: string,
  { peek = false } = {},
): Promise<{ entry: Entry; message: Message }> {
  const { entry, message } = await open(room, id);
  const isUnread = entry.file.startsWith(`${room.boxes.box(room.address)}/new/`) || entry.stage === 'new';
  return { entry: !peek && isUnread ? await room.life.see(room.address, entry.heading.id) : entry, message };
}

/** A thread as rows of a tree, by its name or a message of it. Throws EffectError `not-found`. */
export async function threadOf(
  room: Mailroom,
  name: string,
): Promise<{ thread: string; rows: ReturnType<typeof rowsOf> }> {
  const all = await everyMessage(room.boxes, await seenBy(room));
  const thread = all.some(({ heading }) => heading.thread === name)
    ? name
    : all.find(({ heading }) => heading.id.startsWith(name))?.heading.thread;
  const rows = rowsOf(treeOf(all.filter(({ heading }) => heading.thread === thread)));
  if (thread !== undefined && rows.length > 0) return { thread, rows };
  throw new EffectError({
    code: 'not-found',
    message: `there is no thread ${name}`,
    hint: 'oompa mail inbox --all lists what there is',
  });
}

/** Whose mail the caller may look through: an agent its own, the person everybody's. */
export async function seenBy({ isAgent, address, boxes }: Mailroom): Promise<string[]> {
  return isAgent ? [address] : [...new Set([address, ...(await boxes.addresses())])];
}

/** Everybody who can be written to. */
export async function everybody({ boxes, presence }: Mailroom): Promise<{ address: string; status: Status }[]> {
  const addresses = [...new Set(['operator', 'lead', ...(await boxes.addresses())])];
  return addresses.map((address) => ({ address, status: presence.statusOf(address) }));
}
