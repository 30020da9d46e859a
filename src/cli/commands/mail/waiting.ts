// `oompa mail wait` and `watch`: what comes, as it comes. A hint wakes them; looking every two seconds is what they rely on.
import { once } from 'node:events';
import { clean } from '../../../core/clean.ts';
import { exitCodes } from '../../../core/errors.ts';
import { type Entry, listing, passes } from '../../../mail/listing.ts';
import { createPost } from '../../../mail/post.ts';
import { agentExitCodes } from '../../exits.ts';
import { messageOf } from '../../mail-actions.ts';
import { framed, summaryOf, wholeOf } from '../../mail-text.ts';
import { type Mailroom, openMailroom } from '../../mailroom.ts';
import type { Invocation } from '../index.ts';
import { filterOf } from './input.ts';

export async function wait({ options }: Invocation): Promise<number> {
  const room = await openMailroom(options);
  const entry = await waitFor(room, options, Number(options.timeout ?? 60) * 1_000);
  if (!entry) {
    console.error('oompa: no such mail came in time');
    return agentExitCodes.nothing;
  }
  const message = await messageOf(room, entry);
  console.log(options.json ? JSON.stringify(wholeOf(entry, message)) : framed(entry, message));
  return exitCodes.ok;
}

/** The oldest unread message that passes, taken or marked as read; null when none came in time. */
export async function waitFor(
  room: Mailroom,
  options: Readonly<Record<string, unknown>>,
  withinMs: number,
  signal?: AbortSignal,
): Promise<Entry | null> {
  const filter = { ...filterOf(options), stages: ['new'] as const };
  const { life, address, taker } = room;
  const next = async (): Promise<Entry | null> => {
    if (options.take) return life.take(address, taker, { filter });
    const found = (await listing(room.boxes, address)).find((entry) => passes(entry, filter));
    return found ? life.see(address, found.heading.id) : null;
  };
  const end = AbortSignal.timeout(Math.max(1, withinMs));
  const over = signal ? AbortSignal.any([signal, end]) : end;
  for await (const _ of looks(room, over)) {
    const entry = await next();
    if (entry) return entry;
  }
  return null;
}

export async function watch({ options }: Invocation): Promise<number> {
  const room = await openMailroom(options);
  const filter = filterOf(options);
  const known = new Set((await listing(room.boxes, room.address)).map(({ heading }) => heading.id));
  const left = new AbortController();
  process.once('SIGINT', () => left.abort());
  process.stdout.once('error', () => left.abort());
  for await (const _ of looks(room, left.signal)) {
    for (const entry of await listing(room.boxes, room.address)) {
      const { id, date, from, type, subject } = entry.heading;
      if (known.has(id)) continue;
      known.add(id);
      if (!passes(entry, filter)) continue;
      const line = `${date.slice(11, 19)}  ${from}  ${type === 'note' ? '' : `${type}  `}${subject}  (${id})`;
      console.log(options.json ? JSON.stringify(summaryOf(entry)) : clean(line));
    }
  }
  return exitCodes.ok;
}

/** Yields at once, and whenever mail may have come, until the signal. */
async function* looks({ paths, address }: Mailroom, over: AbortSignal): AsyncGenerator<void> {
  const post = createPost({ root: paths.mail });
  const hints = new EventTarget();
  let hinted = true;
  const stop = post.onHint([address], () => {
    hinted = true;
    hints.dispatchEvent(new Event('hint'));
  });
  // What holds the process: the looks of `onHint` do not.
  const holding = setInterval(() => {}, 60_000);
  try {
    while (!over.aborted) {
      if (hinted) {
        hinted = false;
        yield;
      } else await once(hints, 'hint', { signal: over }).catch(() => {});
    }
  } finally {
    clearInterval(holding);
    stop();
  }
}
