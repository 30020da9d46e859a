// What a file name in a Maildir says: the unique name of the message and, once it is taken, its flags.
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { EffectError } from '../core/errors.ts';

/** Flags that can be given: flagged, replied, seen, trashed. Others, of other mail programs, are kept. */
const known = 'FRST';

export interface FileName {
  /** Stays the same in tmp, new and cur. */
  name: string;
  flags: string;
}

export function nameOf(file: string): FileName {
  const [name = '', info = ''] = basename(file).split(':');
  return { name, flags: info.startsWith('2,') ? info.slice(2) : '' };
}

/** The file name of a taken message. `had` is kept as it is; throws EffectError `bad-flag` for a strange one in `flags`. */
export function takenName(name: string, flags: string, had = ''): string {
  const strange = [...flags].find((each) => !known.includes(each));
  if (strange) {
    throw new EffectError({ code: 'bad-flag', message: `${strange} is not a flag`, hint: `flags are ${known}` });
  }
  return `${name}:2,${[...new Set(had + flags)].sort().join('')}`;
}

/** Folders of a mailbox that messages end in. */
const ends = ['.Archive', '.Dead'];

/** The file of `cur`, or of a folder that messages end in, with this unique name, whatever flags oompa or mutt gave it; null when it was never taken. */
export function takenAs(box: string, name: string): string | null {
  for (const folder of [box, ...ends.map((each) => join(box, each)).filter((each) => existsSync(each))]) {
    for (const flags of subsets) {
      const file = join(folder, 'cur', takenName(name, flags));
      if (existsSync(file)) return file;
    }
  }
  return null;
}

/** Every set of known flags: a name is found without reading a folder of 10,000. */
const subsets = Array.from({ length: 1 << known.length }, (_, bits) =>
  [...known].filter((_, at) => bits & (1 << at)).join(''),
);
