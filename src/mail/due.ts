// Which mailboxes the keeper has to look into: those that changed, and those in which something waits for a time or a process.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Boxes } from './boxes.ts';
import { isAsked } from './decide.ts';
import { listing } from './listing.ts';

/** Folders whose change means that something in a mailbox moved. */
const telling = ['new', 'cur', '.Sent/new', 'oompa-life'];

/** Another one than before when something in a mailbox moved. */
export function moveMark(box: string): string {
  return telling.map((folder) => statSync(join(box, folder), { throwIfNoEntry: false })?.mtimeMs ?? 0).join();
}

/** Asks again and again, cheaply: gives the addresses that are due. A mailbox of 10,000 quiet messages costs four calls. */
export function createDue(boxes: Boxes): () => Promise<string[]> {
  const known = new Map<string, { mark: string; waits: boolean }>();
  return async () => {
    const due: string[] = [];
    for (const address of await boxes.addresses()) {
      const mark = moveMark(boxes.box(address));
      const before = known.get(address);
      if (before?.mark === mark && !before.waits) continue;
      const entries = await listing(boxes, address);
      const waits = entries.some(
        ({ stage, heading, record }) =>
          stage !== 'done' &&
          (record.taker || heading.expires || (heading.ackBy && !record.acked) || isAsked(heading.type)),
      );
      known.set(address, { mark, waits });
      due.push(address);
    }
    return due;
  };
}
