// The run's log: one JSON object a line, appended and synced by one writer, read by anybody. Only the writer heals a torn tail.
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EffectError, errnoOf, messageOf } from '../core/errors.ts';
import type { JournalLine } from '../core/event.ts';
import { explain, makeFolder, syncFolder } from './durable.ts';

export interface Journal {
  /**
   * Appends lines with one write and one fdatasync; they are on the disk when it resolves. Calls are served in order.
   * A failure rejects and poisons the journal: every later call rejects too, because nothing may follow a hole.
   */
  append(lines: readonly JournalLine[]): Promise<void>;
  /** Waits for what was asked before and lets go of the file. */
  close(): Promise<void>;
  /** Bytes of a torn last line that were cut off on opening. */
  readonly healed: number;
}

/** Opens a journal for its one writer, makes it when missing, and heals a torn tail first. */
export async function openJournal(path: string): Promise<Journal> {
  await makeFolder(dirname(path));
  const healed = await healJournal(path);
  const handle = await open(
    path,
    constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW,
    0o600,
  );
  await syncFolder(dirname(path));
  let poison: unknown = null;
  let last: Promise<void> = Promise.resolve();

  const write = async (text: string) => {
    if (poison) throw poison;
    try {
      await writeAll(handle, Buffer.from(text));
      await handle.datasync();
    } catch (error) {
      poison = poisoned(path, error);
      throw poison;
    }
  };
  return {
    healed,
    append(lines) {
      if (lines.length === 0) return last;
      const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
      const done = last.then(() => write(text));
      last = done.catch(() => {});
      return done;
    },
    async close() {
      await last;
      poison ??= poisoned(path, new Error('the journal is closed'));
      await handle.close();
    },
  };
}

/**
 * Cuts off a last line that a crash or a full disk left unfinished: one without a newline, or one that is not JSON.
 * For the writer alone. Returns the bytes cut; 0 when the file is whole or missing.
 */
export async function healJournal(path: string): Promise<number> {
  const handle = await open(path, constants.O_RDWR | constants.O_NOFOLLOW).catch((error) => {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  });
  if (!handle) return 0;
  try {
    const { size } = await handle.stat();
    const { start, bytes } = await lastLine(handle, size);
    if (isWhole(bytes)) return 0;
    await handle.truncate(start);
    await handle.sync();
    return size - start;
  } finally {
    await handle.close();
  }
}

async function lastLine(handle: FileHandle, size: number): Promise<{ start: number; bytes: Buffer }> {
  for (let length = 65_536; ; length *= 4) {
    const from = Math.max(0, size - length);
    const bytes = Buffer.alloc(size - from);
    await handle.read(bytes, 0, bytes.length, from);
    const before = bytes.subarray(0, -1).lastIndexOf(10);
    if (before >= 0 || from === 0) return { start: from + before + 1, bytes: bytes.subarray(before + 1) };
  }
}

function isWhole(line: Buffer): boolean {
  if (line.length === 0) return true;
  if (line.at(-1) !== 10) return false;
  try {
    JSON.parse(line.toString());
    return true;
  } catch {
    return false;
  }
}

async function writeAll(handle: FileHandle, data: Buffer): Promise<void> {
  for (let written = 0; written < data.length; ) written += (await handle.write(data, written)).bytesWritten;
}

function poisoned(path: string, cause: unknown): EffectError {
  const known = explain(cause, `cannot append to ${path}`);
  return new EffectError({
    code: 'journal-failed',
    message: known instanceof EffectError ? known.message : `cannot append to ${path}: ${messageOf(cause)}`,
    hint: `${known instanceof EffectError && known.hint ? `${known.hint}. ` : ''}Then start again with oompa tui: the run goes on where the journal ends`,
    cause,
  });
}
