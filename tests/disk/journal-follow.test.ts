import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { JournalLine } from '../../src/core/event.ts';
import { followJournal } from '../../src/disk/journal-follow.ts';
import { readJournal } from '../../src/disk/journal-read.ts';
import { freshFolder } from './folder.ts';

const text = (seq: number) => `${JSON.stringify({ seq, at: 'now', event: { type: 'beat' }, effects: [] })}\n`;

const follow = (path: string, from = 0) => {
  const seen: number[] = [];
  const errors: unknown[] = [];
  const onLines = (lines: JournalLine[]) => seen.push(...lines.map((line) => line.seq));
  const stop = followJournal(path, onLines, { from, onError: (error) => errors.push(error) });
  onTestFinished(stop);
  return { seen, errors, stop };
};

const until = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 10 });

it('gives every line once, in order, while another process writes', async () => {
  const path = join(freshFolder(), 'runs', 'journal.jsonl');
  const { seen, errors } = follow(path);
  const writer = spawn(process.execPath, [join(import.meta.dirname, 'append-lines.ts'), path, '3000'], {
    stdio: 'inherit',
  });
  const [code] = await once(writer, 'exit');
  expect(code).toBe(0);
  await until(() => expect(seen).toHaveLength(3_000));
  expect(seen).toEqual(Array.from({ length: 3_000 }, (_, n) => n));
  expect(errors).toEqual([]);
});

it('waits for a file that is not there yet, and begins where it is told', async () => {
  const folder = freshFolder();
  const path = join(folder, 'later', 'journal.jsonl');
  const all = follow(path);
  expect(all.seen).toEqual([]);
  mkdirSync(join(folder, 'later'));
  writeFileSync(path, text(0) + text(1));
  await until(() => expect(all.seen).toEqual([0, 1]));
  const rest = follow(path, readJournal(path).end);
  appendFileSync(path, text(2));
  await until(() => expect(rest.seen).toEqual([2]));
  await until(() => expect(all.seen).toEqual([0, 1, 2]));
});

it('holds a torn tail back until it is completed, and forgets it when it is cut off', async () => {
  const path = join(freshFolder(), 'journal.jsonl');
  writeFileSync(path, text(0));
  const { seen, errors } = follow(path);
  expect(seen).toEqual([0]);
  const next = text(1);
  appendFileSync(path, next.slice(0, 20));
  // A second follower has certainly looked at the torn tail when it is made.
  expect(follow(path).seen).toEqual([0]);
  appendFileSync(path, next.slice(20));
  await until(() => expect(seen).toEqual([0, 1]));

  appendFileSync(path, '{"seq":2,"at":"n\n');
  expect(follow(path).seen).toEqual([0, 1]);
  truncateSync(path, Buffer.byteLength(text(0) + text(1)));
  appendFileSync(path, text(2));
  await until(() => expect(seen).toEqual([0, 1, 2]));
  expect(errors).toEqual([]);
});

it('ends with an error at a broken line in the middle, and when the file shrinks', async () => {
  const path = join(freshFolder(), 'journal.jsonl');
  writeFileSync(path, text(0));
  const broken = follow(path);
  appendFileSync(path, `nonsense\n${text(2)}`);
  await until(() => expect(broken.errors).toHaveLength(1));
  expect(String(broken.errors[0])).toContain(`byte ${text(0).length}`);
  expect(broken.seen).toEqual([0]);

  writeFileSync(path, text(0));
  const shrinks = follow(path);
  truncateSync(path, 3);
  await until(() => expect(shrinks.errors).toHaveLength(1));
  expect(String(shrinks.errors[0])).toContain('shrank');
});

it('says nothing after stop', async () => {
  const path = join(freshFolder(), 'journal.jsonl');
  writeFileSync(path, text(0));
  const stopped = follow(path);
  const other = follow(path);
  stopped.stop();
  appendFileSync(path, text(1));
  await until(() => expect(other.seen).toEqual([0, 1]));
  expect(stopped.seen).toEqual([0]);
});
