// Searching: every word has to be in a message, in its headings or its text. Nothing is indexed; files are read.
import type { Boxes } from './boxes.ts';
import type { Message } from './contract.ts';
import { type Entry, type Filter, passes } from './listing.ts';
import { everyMessage } from './thread.ts';

export interface Found {
  entry: Entry;
  message: Message;
  /** The line of the body that has a word in it; empty when only the headings have. */
  line: string;
}

/** Messages that these addresses have or sent with all the words in them (in any case), the newest first. */
export async function search(
  boxes: Boxes,
  addresses: readonly string[],
  words: readonly string[],
  filter: Filter = {},
): Promise<Found[]> {
  const wanted = words.map((word) => word.toLowerCase()).filter(Boolean);
  const found: Found[] = [];
  for (const entry of await everyMessage(boxes, addresses)) {
    if (!passes(entry, { expired: true, ...filter })) continue;
    const received = await boxes.receive(addresses[0] ?? 'operator', entry.file);
    if (!received) continue;
    const { message } = received;
    const heads = [message.subject, message.from, ...message.to, message.type, message.thread].join(' ').toLowerCase();
    const body = message.body.toLowerCase();
    if (!wanted.every((word) => heads.includes(word) || body.includes(word))) continue;
    const lines = message.body.split('\n');
    const line = lines.find((each) => wanted.some((word) => each.toLowerCase().includes(word))) ?? '';
    found.push({ entry, message, line });
  }
  return found.reverse();
}
