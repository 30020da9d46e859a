// What lies in a mailbox and how far each message is: one function for pages, counts, searches and chores.
import { setImmediate as breathe } from 'node:timers/promises';
import type { Boxes, Folder } from './boxes.ts';
import { type Heading, markOf, openIndex } from './index-file.ts';
import * as maildir from './maildir.ts';
import { isProgramType } from './message.ts';
import { nameOf, takenAs } from './names.ts';
import { blankRecord, type MailRecord, readRecord, recordedNames } from './records.ts';

/** How far a message is. `new`: unread. `taken`: somebody works on it. */
export type Stage = 'new' | 'taken' | 'seen' | 'acked' | 'done';

export interface Entry {
  heading: Heading;
  stage: Stage;
  record: MailRecord;
  /** Absolute; changes when the message moves on. */
  file: string;
  flags: string;
}

/** Files that are looked at in one go: a screen that lists 10,000 messages goes on drawing. */
const atOnce = 64;

/**
 * Every message of a mailbox (or of a folder of it), the oldest first; with `open` without those that are done. What oompa's processes
 * say to each other is left out. Files that are no mail are put aside by the way. Listing changes nothing else: a message stays unread.
 */
export async function listing(
  boxes: Boxes,
  address: string,
  folder?: Folder,
  { open = false }: { open?: boolean } = {},
): Promise<Entry[]> {
  const now = Date.now();
  const box = boxes.box(address, folder);
  const index = openIndex(box);
  const recorded = recordedNames(boxes.box(address));
  const entries = new Map<string, Entry>();
  const names = new Set<string>();
  for (const listed of await filesOf(box)) {
    const { name, flags: before } = nameOf(listed);
    names.add(name);
    if (names.size % atOnce === 0) await breathe();
    // Most of what lies in lead's mailbox: the name tells enough.
    if (isProgramType(index.get(name)?.type ?? 'note') || (open && isDone(before))) continue;
    const there = markOf(listed);
    // Taken while we were looking: it is in `cur` by now.
    const file = there === null ? takenAs(box, name) : listed;
    const mark = there ?? (file && markOf(file));
    const heading = file && mark && (index.get(name, mark) ?? (await read(file, name, mark)));
    // Seen twice while it was moving: where it lies further on is where it is.
    if (!heading || isProgramType(heading.type)) continue;
    const { flags } = nameOf(file);
    if (open && isDone(flags)) continue;
    const record = recorded.has(name) ? readRecord(boxes.box(address), name) : blankRecord;
    entries.set(name, { heading, record, file, flags, stage: stageOf(file, flags, record, now) });
  }
  await index.save(names);
  return [...entries.values()].sort(byAge);

  async function read(file: string, name: string, mark: string): Promise<Heading | null> {
    const received = await boxes.receive(address, file);
    if (!received) return null;
    const { body: _, headers: __, ...heading } = received.message;
    index.set(name, mark, heading);
    return heading;
  }
}

/** `new` first: mail moves forward only, so what is moving is met once or twice, never missed. */
async function filesOf(box: string): Promise<string[]> {
  return [...(await maildir.list(box, 'new')), ...(await maildir.list(box, 'cur'))];
}

function isDone(flags: string): boolean {
  return flags.includes('R');
}

function stageOf(file: string, flags: string, record: MailRecord, now: number): Stage {
  if (isDone(flags)) return 'done';
  if (record.taker && Date.parse(record.taker.until) > now) return 'taken';
  if (record.acked) return 'acked';
  // Other mail programs move what they list to `cur`: unread is what has no S.
  return flags.includes('S') && !file.includes('/new/') ? 'seen' : 'new';
}

export function byAge({ heading: a }: Entry, { heading: b }: Entry): number {
  if (a.date !== b.date) return a.date < b.date ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

export interface Filter {
  stages?: readonly Stage[];
  from?: string;
  to?: string;
  types?: readonly string[];
  thread?: string;
  /** ISO 8601: not before. */
  since?: string;
  /** Whether an ack is asked for and was not given. */
  unacked?: boolean;
  /** Whether what has expired is shown as well. Default false. */
  expired?: boolean;
}

/** Whether a message is asked for. */
export function passes({ heading, stage, record }: Entry, filter: Filter, now = Date.now()): boolean {
  const tests: (boolean | undefined)[] = [
    filter.stages?.includes(stage),
    filter.from === undefined ? undefined : heading.from === filter.from,
    filter.to === undefined ? undefined : heading.to.includes(filter.to),
    filter.types?.includes(heading.type),
    filter.thread === undefined ? undefined : heading.thread === filter.thread,
    filter.since === undefined ? undefined : heading.date >= filter.since,
    filter.unacked ? isUnacked({ heading, stage, record }) : undefined,
    filter.expired ? undefined : !isExpired(heading, now) || stage === 'done',
  ];
  return tests.every((each) => each !== false);
}

export function isExpired({ expires }: Heading, now = Date.now()): boolean {
  return expires !== null && Date.parse(expires) <= now;
}

export function isUnacked({ heading, stage, record }: Pick<Entry, 'heading' | 'stage' | 'record'>): boolean {
  return heading.ackBy !== null && record.acked === null && stage !== 'done';
}
