// Locks of git that nobody holds any more. A lock goes only with proof that no process has it; without /proc there is none.
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { sep } from 'node:path';
import { errnoOf } from '../core/errors.ts';

/** Removes those of `locks` that exist and that no live process can hold; `folder` is where such a process would work. */
export async function breakStale(locks: readonly string[], folder: string): Promise<string[]> {
  const there = locks.filter((lock) => existsSync(lock));
  if (there.length === 0 || process.platform !== 'linux' || someoneHolds(there, folder)) return [];
  for (const lock of there) {
    await unlink(lock).catch((error) => {
      if (errnoOf(error) !== 'ENOENT') throw error;
    });
  }
  return there;
}

// git closes a lock file before it renames it, so an open file alone proves too little: any git at work in the folder counts, and
// one that we may not look into.
function someoneHolds(locks: readonly string[], folder: string): boolean {
  return readdirSync('/proc').some((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
    const isGit = tryTo(() => readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('git'), false);
    const cwd = isGit ? tryTo(() => readlinkSync(`/proc/${pid}/cwd`), null) : null;
    if (isGit && (cwd === null || cwd === folder || cwd.startsWith(folder + sep))) return true;
    const open = tryTo(() => readdirSync(`/proc/${pid}/fd`), []);
    return open.some((fd) => locks.includes(tryTo(() => readlinkSync(`/proc/${pid}/fd/${fd}`), '')));
  });
}

function tryTo<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
