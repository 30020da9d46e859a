// What oompa's processes said to each other goes when it is old: a day of a dozen agents leaves thousands of messages.
import { unlink } from 'node:fs/promises';
import type { Boxes } from './boxes.ts';
import { openIndex } from './index-file.ts';
import * as maildir from './maildir.ts';
import { isProgramType } from './message.ts';
import { nameOf } from './names.ts';

/** How long it stays after it was read. By then nobody sends it again: effects are repeated at a restart, and turns have records. */
const keptMs = 48 * 3_600_000;

/** Removes it from a mailbox; what people and agents said stays. Gives how many. Only what a listing has seen before is known. */
export async function pruneProgramMail(boxes: Boxes, address: string): Promise<number> {
  const box = boxes.box(address);
  const index = openIndex(box);
  const before = new Date(Date.now() - keptMs).toISOString();
  let gone = 0;
  for (const file of await maildir.list(box, 'cur')) {
    const { name, flags } = nameOf(file);
    const heading = index.get(name);
    if (!heading || !isProgramType(heading.type) || heading.date >= before || !/[RS]/.test(flags)) continue;
    await unlink(file).catch(() => {});
    gone += 1;
  }
  return gone;
}
