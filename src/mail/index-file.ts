// What the headers of a mailbox's messages say, kept beside it: a page of 10,000 messages is read without opening them. Only a cache.
import { lstatSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { writeAtomic } from '../disk/durable.ts';
import type { Message } from './contract.ts';

/** A message without its body. */
export type Heading = Omit<Message, 'body' | 'headers'>;

interface Line {
  name: string;
  /** Size and time of change: another file under the name is another message. */
  mark: string;
  heading: Heading;
}

const format = 1;
const fileOf = (box: string) => join(box, 'oompa-index');

export interface Index {
  /** What is known of a file; null when it has to be read. Without a mark: what was under the name. */
  get(name: string, mark?: string): Heading | null;
  set(name: string, mark: string, heading: Heading): void;
  /** Writes down what was learnt, without what is gone. Errors are no matter. */
  save(kept: ReadonlySet<string>): Promise<void>;
}

/** The index of a folder of a mailbox. A missing or broken one is empty. */
export function openIndex(box: string): Index {
  const known = read(fileOf(box));
  let learnt = 0;
  return {
    get: (name, mark) => {
      const line = known.get(name);
      return line && (mark === undefined || line.mark === mark) ? line.heading : null;
    },
    set(name, mark, heading) {
      known.set(name, { name, mark, heading });
      learnt += 1;
    },
    async save(kept) {
      // A few headings are read faster than a large index is written.
      if (learnt <= known.size / 20) return;
      const lines = [...known.values()].filter(({ name }) => kept.has(name));
      await writeAtomic(fileOf(box), JSON.stringify({ format, lines }), { sync: false }).catch(() => {});
    },
  };
}

/** Size and time of change of a file; null when it is gone. */
export function markOf(file: string): string | null {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  return stats ? `${stats.size}:${stats.mtimeMs}` : null;
}

function read(file: string): Map<string, Line> {
  try {
    const found: { format?: unknown; lines?: Line[] } = JSON.parse(readFileSync(file, 'utf8'));
    if (found.format !== format) return new Map();
    return new Map((found.lines ?? []).map((line) => [basename(line.name), line]));
  } catch {
    return new Map();
  }
}
