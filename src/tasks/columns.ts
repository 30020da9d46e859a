// The three folders of the board as they are: which task files lie where. Files are read again only when they changed.
import { isUtf8 } from 'node:buffer';
import { constants, lstatSync, readdirSync, readFileSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { clean } from '../core/clean.ts';
import { errnoOf, messageOf } from '../core/errors.ts';
import type { TaskSeen } from '../core/event.ts';
import { isTaskFile, parseTask, type Task } from './codec.ts';

export type Column = TaskSeen['column'];
/** In the order in which a task passes them. */
export const columns: readonly Column[] = ['pending', 'current', 'complete'];

export type Content = { task: Omit<Task, 'rest'>; reason?: undefined } | { task?: undefined; reason: string };

/** One task file in one column. Two of them with the same inode are one file: a move under way, or one that was cut short. */
export type Placed = Content & { file: string; column: Column; path: string; inode: number; mode: number };

const hiddenName = { reason: 'its name holds characters that cannot be shown' };
const maxBytes = 1024 * 1024;
/** A file changed so shortly before it was read may change again without a new time stamp. */
const racyMs = 100;

export interface Columns {
  /** All task files of all columns, from one look. */
  list(): Promise<Placed[]>;
  /** The files of these names in any column. */
  find(files: readonly string[]): Placed[];
}

export function createColumns(folder: string): Columns {
  let cache = new Map<number, Remembered>();
  const place = (column: Column, file: string): Stated | null => {
    const path = join(folder, column, file);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats ? { column, file, path, stats } : null;
  };
  const content = (stated: Stated): Content | null => {
    const known = cache.get(stated.stats.ino);
    if (known && isSame(known, stated)) return known.content;
    const read = readTask(stated.path, stated.file, stated.stats);
    if (read && Date.now() - stated.stats.mtimeMs > racyMs) cache.set(stated.stats.ino, { ...stated, content: read });
    return read;
  };

  return {
    async list() {
      for (let attempt = 1; ; attempt += 1) {
        const names = columns.flatMap((column) =>
          filesIn(join(folder, column))
            .filter(isTaskFile)
            .map((file) => ({ column, file })),
        );
        const placed: Placed[] = [];
        let missed = false;
        for (const [index, { column, file }] of names.entries()) {
          if (index % 500 === 499) await breathe();
          const stated = place(column, file);
          const read = stated && content(stated);
          if (read) placed.push(placedOf(stated, read));
          // A name that is not UTF-8 cannot be asked for: it is nobody's twin.
          else if (file.includes('\ufffd'))
            placed.push({ ...hiddenName, column, file, path: '', inode: -1 - index, mode: 0 });
          else missed = true;
        }
        // A file that went between two looks may lie in another column by now: look once more.
        if (missed && attempt < 4) continue;
        const before = cache;
        cache = new Map();
        for (const { inode } of placed) {
          const known = before.get(inode);
          if (known) cache.set(inode, known);
        }
        return placed;
      }
    },
    find(files) {
      return columns.flatMap((column) =>
        files.flatMap((file) => {
          const stated = place(column, file);
          const read = stated && content(stated);
          return read ? [placedOf(stated, read)] : [];
        }),
      );
    },
  };
}

/** A board that was not begun has no tasks. */
function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

interface Stated {
  column: Column;
  file: string;
  path: string;
  stats: Stats;
}

interface Remembered extends Stated {
  content: Content;
}

function isSame(known: Remembered, { file, stats }: Stated): boolean {
  return known.file === file && known.stats.size === stats.size && known.stats.mtimeMs === stats.mtimeMs;
}

function placedOf({ column, file, path, stats }: Stated, content: Content): Placed {
  return { ...content, column, file, path, inode: stats.ino, mode: stats.mode & 0o777 };
}

/** Reads a task file; a reason for people when it is none, null when it is gone. `stats`: what lstat told of it. */
export function readTask(path: string, file: string, stats: Stats): Content | null {
  if (clean(file) !== file || file.includes('\ufffd'))
    return { reason: 'its name holds characters that cannot be shown' };
  if (!stats.isFile()) return { reason: stats.isSymbolicLink() ? 'it is a symbolic link' : 'it is not a regular file' };
  try {
    const { id, summary, priority, dependsOn, files } = parseTask(readText(path, stats), file);
    return { task: { id, summary, priority, dependsOn, files } };
  } catch (error) {
    return errnoOf(error) === 'ENOENT' ? null : { reason: clean(messageOf(error), { maxLine: 300 }) };
  }
}

/**
 * The text of a regular file of at most 1 MiB in UTF-8; anything else throws an Error for people. `stats`: what lstat told of it. Read in one
 * call: a board has many files.
 */
export function readText(path: string, stats: Stats = lstatSync(path)): string {
  if (!stats.isFile()) throw new Error('it is not a regular file');
  if (stats.size > maxBytes) throw new Error('it is larger than 1 MiB');
  const text = readFileSync(path, { encoding: 'utf8', flag: readOnly });
  // What is no UTF-8 is read as this character, which may as well stand there.
  if (text.includes('\ufffd') && !isUtf8(readFileSync(path, { flag: readOnly })))
    throw new Error('it is not UTF-8 text');
  return text;
}

// Should it be replaced since it was looked at: a link is not followed, and a pipe not waited for.
const readOnly = (constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK) as unknown as string;
