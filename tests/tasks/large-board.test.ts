// A board of thousands: each file is read once, and not again while it stays as it is. Counted in system calls, not in time.
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createColumns } from '../../src/tasks/columns.ts';
import { lookAtBoard } from '../../src/tasks/look.ts';
import { freshFolder } from './folder.ts';

const count = 3_000;
/** A file is read up to its end: once for what is in it, once for nothing. */
const readsOfOne = 2;
/** Reads of this process that have nothing to do with the board. */
const slack = 50;

/** read(2) and pread(2) of this process so far. */
const reads = () => Number(/^syscr: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);

test.skipIf(process.platform !== 'linux')('a look at 3,000 tasks reads each file once, a second one none', async () => {
  const folder = freshFolder();
  for (const column of ['pending', 'current', 'complete']) mkdirSync(join(folder, column));
  const longAgo = new Date('2026-01-01T00:00:00Z');
  for (let n = 0; n < count; n += 1) {
    const [file, text] = n % 2 ? [`t-${n}.edn`, `{:id "t-${n}" :summary "s"}`] : [`t-${n}.json`, `{"id": "t-${n}"}`];
    const path = join(folder, n % 3 ? 'pending' : 'complete', file);
    writeFileSync(path, text);
    utimesSync(path, longAgo, longAgo);
  }
  const before = reads();
  const { tasks, unreadable } = await lookAtBoard(folder);
  expect(reads() - before).toBeLessThanOrEqual(count * readsOfOne + slack);
  expect(unreadable).toEqual([]);
  expect(tasks).toHaveLength(count);
  expect(tasks.slice(0, 3).map(({ id }) => id)).toEqual(['t-0', 't-1', 't-2']);

  const columns = createColumns(folder);
  await columns.list();
  const warm = reads();
  expect(await columns.list()).toHaveLength(count);
  expect(reads() - warm).toBeLessThanOrEqual(slack);
});
