// What differs between two commits or trees, answered by one git that stays.
import { randomUUID } from 'node:crypto';
import { type Comparison, compare, readComparison } from './changed-files.ts';
import type { Place } from './run.ts';
import { createTalk } from './talk.ts';
import type { Trees } from './trees.ts';

export interface Comparing {
  compare(from: string, to: string): Promise<Comparison>;
  close(): void;
}

export function createComparing(objects: Place, trees: Trees): Comparing {
  const talk = createTalk(objects, [
    'diff-tree',
    '--stdin',
    '-r',
    '-z',
    '--raw',
    '--no-abbrev',
    '--numstat',
    '--no-renames',
  ]);
  return {
    async compare(from, to) {
      const question = `${await trees.of(from)} ${await trees.of(to)}\n`;
      // A line that is no object name is echoed: it tells where the answer ends.
      const mark = `end ${randomUUID()}\n`;
      try {
        const answer = await talk.ask(question + mark, mark);
        return { from, ...readComparison(answer.subarray(answer.indexOf(10) + 1, -mark.length)) };
      } catch {
        return await compare(objects, from, to);
      }
    },
    close: talk.close,
  };
}
