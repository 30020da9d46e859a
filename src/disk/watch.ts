// A hint that a folder may have changed: it makes somebody look sooner. inotify drops events silently, so looking is the truth.
import { type FSWatcher, statSync, watch } from 'node:fs';
import { basename } from 'node:path';

const gatherMs = 15;
const lookMs = 2_000;

/**
 * Calls `onHint` with a folder as soon as something in it may have changed, and once more after a burst. A folder may be missing,
 * come, go or be replaced: that is found within two seconds and is a hint as well. Nothing throws. Returns the unsubscribe.
 */
export function watchHint(folders: readonly string[], onHint: (folder: string) => void): () => void {
  const dirty = new Set<string>();
  let timer: NodeJS.Timeout | null = null;
  const tell = () => {
    const gathered = [...dirty];
    dirty.clear();
    timer = gathered.length > 0 ? setTimeout(tell, gatherMs) : null;
    for (const each of gathered) onHint(each);
  };
  const hint = (folder: string) => {
    dirty.add(folder);
    // The first is told at once, what comes in the next few milliseconds together.
    if (!timer) tell();
  };
  const watched = folders.map((folder) => watchFolder(folder, () => hint(folder)));
  for (const each of watched) each.look();
  const looks = setInterval(() => {
    for (const each of watched) if (each.look()) each.tell();
  }, lookMs);
  looks.unref();
  return () => {
    clearInterval(looks);
    if (timer) clearTimeout(timer);
    for (const each of watched) each.close();
  };
}

function watchFolder(folder: string, tell: () => void) {
  let watcher: FSWatcher | null = null;
  let seen: string | null = null;
  const close = () => {
    watcher?.close();
    watcher = null;
  };
  const heard = (_: string, name: string | null) => {
    // The folder itself was moved or removed (or an entry has its name): the next look attaches anew.
    if (name === basename(folder)) close();
    tell();
  };
  return {
    tell,
    close,
    /** Attaches to the folder that is there now; whether it is another one than before. */
    look(): boolean {
      const now = identityOf(folder);
      if (now === seen && (now === null || watcher)) return false;
      const changed = now !== seen;
      close();
      seen = now;
      try {
        if (now !== null) watcher = watch(folder, { persistent: false }, heard).on('error', close);
      } catch {
        // No watch left, or the folder went between the two calls: the next look tries again.
      }
      return changed;
    },
  };
}

// With the birth time, because a removed folder's inode number is soon given to the next one.
function identityOf(folder: string): string | null {
  try {
    const stat = statSync(folder, { bigint: true, throwIfNoEntry: false });
    return stat ? `${stat.dev}:${stat.ino}:${stat.birthtimeNs}` : null;
  } catch {
    return null;
  }
}
