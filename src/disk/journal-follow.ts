// Following the journal while another process writes it: by offset, never from zero again, whole lines only.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf, exitCodes, Refusal } from '../core/errors.ts';
import type { JournalLine } from '../core/event.ts';
import { parseLines } from './journal-read.ts';
import { watchHint } from './watch.ts';

const pollMs = 1_000;
const chunkBytes = 4 * 1024 * 1024;

export interface FollowOptions {
  /** Byte offset to begin at: `end` of readJournal. Default 0. */
  from?: number;
  /** Told once when the journal cannot be followed any further (a broken line, a file that shrank); following has ended then. */
  onError?: (error: unknown) => void;
}

/**
 * Gives whole lines as they appear, in batches, the ones already there at once. The file may not exist yet, and a torn tail may be
 * completed or cut. Without `onError` a failure is thrown out of the timer. Returns the stop.
 */
export function followJournal(
  path: string,
  onLines: (lines: JournalLine[]) => void,
  options: FollowOptions = {},
): () => void {
  let offset = options.from ?? 0;
  let stopped = false;
  const stop = () => {
    stopped = true;
    clearInterval(poll);
    unwatch();
  };
  const look = () => {
    try {
      while (!stopped) {
        const { lines, used } = readFrom(path, offset);
        if (lines.length === 0) return;
        offset += used;
        onLines(lines);
      }
    } catch (error) {
      stop();
      if (!options.onError) throw error;
      options.onError(error);
    }
  };
  const unwatch = watchHint([dirname(path)], look);
  const poll = setInterval(look, pollMs);
  poll.unref();
  look();
  return stop;
}

function readFrom(path: string, offset: number): { lines: JournalLine[]; used: number } {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    if (offset === 0) return { lines: [], used: 0 };
    throw shrank(path, offset, 0);
  }
  try {
    const { size } = fstatSync(fd);
    if (size < offset) throw shrank(path, offset, size);
    for (let length = chunkBytes; ; length *= 4) {
      const bytes = Buffer.alloc(Math.min(length, size - offset));
      const read = readSync(fd, bytes, 0, bytes.length, offset);
      const result = parseLines(bytes.subarray(0, read), (_, at) => `${path}, byte ${offset + at}`);
      // A line longer than the chunk: take more.
      if (result.used > 0 || offset + read >= size) return result;
    }
  } finally {
    closeSync(fd);
  }
}

function shrank(path: string, offset: number, size: number): Refusal {
  return new Refusal(`${path} shrank from ${offset} to ${size} bytes while it was read`, {
    hint: 'the run was deleted or replaced: start oompa tui again',
    exitCode: exitCodes.dataerr,
  });
}
