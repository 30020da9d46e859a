// Locks of git that nobody holds any more. A lock goes only with proof that no process has it; without /proc there is none.
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { sep } from 'node:path';
import { errnoOf } from '../core/errors.ts';

/** Where a process that holds a lock would work: in `folder`, but not in `except`. */
export interface Workplace {
  folder: string;
  except?: string;
}

/** Removes those of `locks` that exist and that no live process can hold. Gives the removed ones. */
export async function breakStale(locks: readonly string[], workplace: Workplace): Promise<string[]> {
  const there = locks.filter((lock) => existsSync(lock));
  if (there.length === 0 || process.platform !== 'linux' || someoneHolds(there, workplace)) return [];
  for (const lock of there) {
    await unlink(lock).catch((error) => {
      if (errnoOf(error) !== 'ENOENT') throw error;
    });
  }
  return there;
}

// git closes a lock file before it renames it, so an open file alone proves too little: any git at work in the folder counts, and
// one that we may not look into. Gits that we started ourselves do not: we know what they do.
function someoneHolds(locks: readonly string[], workplace: Workplace): boolean {
  return readdirSync('/proc').some((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid || isChild(pid)) return false;
    if (look(() => readFileSync(`/proc/${pid}/comm`, 'utf8'))?.startsWith('git')) {
      const cwd = look(() => readlinkSync(`/proc/${pid}/cwd`));
      if (cwd === 'hidden' || (cwd && isAt(cwd, workplace))) return true;
    }
    const open = look(() => readdirSync(`/proc/${pid}/fd`).join('\n')) ?? '';
    return open.split('\n').some((fd) => locks.includes(look(() => readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? ''));
  });
}

function isChild(pid: string): boolean {
  const stat = look(() => readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? '';
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === process.pid;
}

function isAt(cwd: string, { folder, except }: Workplace): boolean {
  const within = (outer: string) => cwd === outer || cwd.startsWith(outer + sep);
  return within(folder) && !(except && within(except));
}

/** What is to be seen there; null when the process has ended, `hidden` when it is another user's. */
function look(read: () => string): string | null {
  try {
    return read();
  } catch (error) {
    return errnoOf(error) === 'EACCES' || errnoOf(error) === 'EPERM' ? 'hidden' : null;
  }
}
