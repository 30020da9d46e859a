// Files are whole or absent. The only place that renames, links or fsyncs; what a file means is not its business.
import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, readdirSync, renameSync, unlinkSync } from 'node:fs';
import { constants, type FileHandle, mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EffectError, errnoOf, messageOf } from '../core/errors.ts';

/** `sync: false` gives up durability across a power cut (never atomicity); for callers whose journal can redo the move. */
export interface MoveOptions {
  sync?: boolean;
}

/** Makes a folder and what leads to it, private to the user. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
}

/** Makes the entries of a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  try {
    await using(await open(path, constants.O_RDONLY | constants.O_DIRECTORY), (handle) => handle.sync());
  } catch (error) {
    throw explain(error, `cannot make ${path} durable`);
  }
}

/** Writes a new file through and through: data, fsync, close. Fails with EEXIST when the name is taken. */
export async function writeNew(
  path: string,
  data: string | Uint8Array,
  { mode = 0o600, sync = true }: MoveOptions & { mode?: number } = {},
): Promise<void> {
  const handle = await open(
    path,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
    mode,
  );
  try {
    await handle.writeFile(data);
    if (sync) await handle.sync();
  } catch (error) {
    await handle.close();
    await unlink(path).catch(() => {});
    throw explain(error, `cannot write ${path}`);
  }
  await handle.close();
}

/** Replaces a file's content, or makes it: readers see the old or the new whole. `sync: false` for what may be lost (live status). */
export async function writeAtomic(
  path: string,
  data: string | Uint8Array,
  options: MoveOptions & { mode?: number } = {},
): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${randomUUID()}.tmp`);
  try {
    const handle = await open(temporary, 'wx', options.mode ?? 0o600);
    await using(handle, async () => {
      await handle.writeFile(data);
      if (options.sync !== false) await handle.sync();
    });
    await rename(temporary, path);
    if (options.sync !== false) await syncFolder(folder);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw explain(error, `cannot write ${path}`);
  }
}

/** Removes from a folder what a crash of `writeAtomic` left half-written. For the one process that writes there. */
export function sweepHalfWritten(folder: string): void {
  for (const name of readdirSync(folder)) if (/^\.[0-9a-f-]{36}\.tmp$/.test(name)) unlinkSync(join(folder, name));
}

/**
 * Moves a file to a name that must be free, as `link` then `unlink`: EEXIST means somebody else has that name, ENOENT that the file
 * is gone. Exactly one of several movers of the same file gets `moved`. Both folders must be on one file system. Killed in between, it
 * leaves one file with both names; who calls knows which of them is to stay.
 */
export async function moveExclusive(
  from: string,
  to: string,
  options: MoveOptions = {},
): Promise<'moved' | 'taken' | 'gone'> {
  if (options.sync !== false) {
    const handle = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error) => {
      if (errnoOf(error) === 'ENOENT') return null;
      throw explain(error, `cannot open ${from}`);
    });
    if (!handle) return 'gone';
    await using(handle, () => handle.sync());
  }
  // Both calls at once, without the thread pool: they take microseconds, and nothing of ours comes between them.
  try {
    linkSync(from, to);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return 'taken';
    if (isGone(error, to)) return 'gone';
    throw explain(error, `cannot move ${from} to ${to}`);
  }
  try {
    unlinkSync(from);
  } catch (error) {
    // Somebody moved it by rename between our link and unlink: it is theirs, and our second name must go.
    if (errnoOf(error) !== 'ENOENT') throw explain(error, `cannot move ${from} to ${to}`);
    await unlink(to).catch(() => {});
    return 'gone';
  }
  if (options.sync !== false) {
    await syncFolder(dirname(to));
    if (dirname(from) !== dirname(to)) await syncFolder(dirname(from));
  }
  return 'moved';
}

/** Renames a file within reach of one claimer only (unique names, as in Maildir): false when it is gone. */
export async function renameChecked(from: string, to: string, options: MoveOptions = {}): Promise<boolean> {
  try {
    renameSync(from, to);
  } catch (error) {
    if (isGone(error, to)) return false;
    throw explain(error, `cannot rename ${from} to ${to}`);
  }
  if (options.sync !== false) {
    await syncFolder(dirname(to));
    if (dirname(from) !== dirname(to)) await syncFolder(dirname(from));
  }
  return true;
}

// ENOENT is also said of a folder that is missing at the other end, and that is no answer but trouble.
function isGone(error: unknown, to: string): boolean {
  return errnoOf(error) === 'ENOENT' && existsSync(dirname(to));
}

const hints: Record<string, string> = {
  ENOSPC: 'the disk is full: free some space; nothing was lost',
  EDQUOT: 'the disk quota is used up: free some space; nothing was lost',
  EROFS: 'the file system is read-only',
  EACCES: 'check the permissions of the folder',
  EPERM: 'the file system refuses it; one without hard links cannot be used',
  EMFILE: 'too many open files: raise `ulimit -n`',
  EIO: 'the disk reports errors; stop writing and check it',
};

/** Gives a system error that a person can do something about its hint; others come back as they are. */
export function explain(error: unknown, what: string): unknown {
  const code = errnoOf(error);
  if (!code || !(code in hints)) return error;
  return new EffectError({
    code: code.toLowerCase(),
    message: `${what}: ${messageOf(error)}`,
    hint: hints[code],
    retryable: code === 'ENOSPC' || code === 'EDQUOT' || code === 'EMFILE',
    cause: error,
  });
}

async function using<T>(handle: FileHandle, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}
