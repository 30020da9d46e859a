// Who is there: asked of locks and live processes, never of what somebody once said.
import { readdirSync, readFileSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../core/errors.ts';
import { makeFolder, writeAtomic } from '../disk/durable.ts';
import { readLock } from '../disk/lock.ts';
import type { Paths } from '../disk/paths.ts';
import { identityOf, isAlive, type ProcessIdentity } from '../disk/process.ts';

/** `live`: at work, or looking. `idle`: there, with nothing to do. `offline`: nobody would read it now. `unknown`: no mailbox. */
export type Status = 'live' | 'idle' | 'offline' | 'unknown';

export interface Presence {
  statusOf(address: string): Status;
  /** Whether a person looks at a screen of this repository. */
  isWatched(): boolean;
  /** The process whose end means that the address works no more; null for a person. */
  processOf(address: string): ProcessIdentity | null;
}

export function createPresence(paths: Paths): Presence {
  const lockOf = (address: string) => readLock(address === 'lead' ? paths.lock : join(paths.worker(address), 'lock'));
  const presence: Presence = {
    isWatched: () => screensOf(paths).length > 0,
    processOf(address) {
      const lock = lockOf(address);
      return lock?.alive ? { pid: lock.pid, start: lock.start, boot: lock.boot } : null;
    },
    statusOf(address) {
      if (address === 'operator') return presence.isWatched() ? 'live' : 'offline';
      const lock = lockOf(address);
      if (!lock) return 'unknown';
      if (!lock.alive) return 'offline';
      return address === 'lead' || activityOf(paths, address) !== 'idle' ? 'live' : 'idle';
    },
  };
  return presence;
}

/** Says that a person looks at the swarm from this process. Returns the end of it. */
export async function beScreen(paths: Paths): Promise<() => Promise<void>> {
  const file = join(paths.screens, `${process.pid}.json`);
  await makeFolder(paths.screens);
  await writeAtomic(file, JSON.stringify(identityOf()), { sync: false });
  return () => unlink(file).catch(() => {});
}

function screensOf(paths: Paths): ProcessIdentity[] {
  return namesIn(paths.screens).flatMap((name) => {
    const screen = readJson(join(paths.screens, name)) as ProcessIdentity | null;
    return screen && typeof screen.pid === 'number' && isAlive(screen) ? [screen] : [];
  });
}

function activityOf(paths: Paths, worker: string): string {
  const live = readJson(paths.status(worker)) as { activity?: string } | null;
  return live?.activity ?? 'idle';
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
