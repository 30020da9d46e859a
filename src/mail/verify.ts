// Looks whether the mailboxes are as they should be, and says of each fault whether `repair` mends it.
import { existsSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from '../disk/process.ts';
import type { Boxes } from './boxes.ts';
import { listing } from './listing.ts';
import * as maildir from './maildir.ts';
import { nameOf } from './names.ts';
import { readRecord, recordedNames, removeRecord } from './records.ts';
import { places } from './thread.ts';

export interface Fault {
  address: string;
  /** What is wrong, for a person. */
  what: string;
  /** Makes it right; null where only a person can. */
  mend: (() => Promise<void>) | null;
}

/** Faults that the chores of the keeper do not mend by themselves. Looking changes nothing but that files that are no mail are put aside. */
export async function faultsOf(boxes: Boxes): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const address of await boxes.addresses()) {
    const box = boxes.box(address);
    const add = (what: string, mend: Fault['mend'] = null) => faults.push({ address, what, mend });
    for (const folder of ['tmp', 'new', 'cur'])
      if (!existsSync(join(box, folder))) add(`the folder ${folder} is missing`, () => boxes.open(address));
    const names = new Map<string, string>();
    for (const place of places) {
      for (const { file } of await listing(boxes, address, place)) {
        const { name } = nameOf(file);
        const other = names.get(name);
        // A sender may write to itself: its own copy is no second one.
        if (other && place !== 'Sent') add(`${name} lies in two places: ${other} and ${file}`, () => unlink(file));
        if (place !== 'Sent') names.set(name, file);
      }
    }
    for (const file of await maildir.list(boxes.box(address, 'Sent'), 'new'))
      add(`${nameOf(file).name} was not delivered to everybody`);
    for (const name of recordedNames(box)) {
      if (name.startsWith('.')) continue;
      const { taker, done } = readRecord(box, name);
      if (!names.has(name)) add(`there is a record of ${name}, which is gone`, () => removeRecord(box, name));
      else if (taker && !done && taker.process && !isAlive(taker.process))
        add(`${name} is held by ${taker.by}, who died`);
    }
    for (const file of maildir.staleFiles(box)) add(`${file} was never finished`, () => unlink(file));
  }
  return faults;
}
