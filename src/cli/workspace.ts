// A repository with its swarm, as every command sees it: the paths, the latest journal, and who holds the lock.
import { readFileSync } from 'node:fs';
import { exitCodes, Refusal } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { emptyState, type State } from '../core/state.ts';
import { fold } from '../core/transition.ts';
import { writeAtomic } from '../disk/durable.ts';
import { readJournal } from '../disk/journal-read.ts';
import { type LockOwner, readLock } from '../disk/lock.ts';
import { findRepo, type Paths, pathsOf } from '../disk/paths.ts';

/** The paths of the repository that the working folder is in. Throws a Refusal outside one. */
export function openWorkspace(from: string = process.cwd()): Paths {
  return pathsOf(findRepo(from));
}

/** Id of the latest swarm of the repository, or null. */
export function currentSwarm(paths: Paths): string | null {
  try {
    const id = readFileSync(paths.current, 'utf8').trim();
    return isId(id) ? id : null;
  } catch {
    return null;
  }
}

export async function setCurrentSwarm(paths: Paths, id: string): Promise<void> {
  await writeAtomic(paths.current, `${id}\n`);
}

export interface Latest {
  swarm: string;
  state: State;
  /** Offset behind the last line read, for following. */
  end: number;
}

/** The latest swarm, folded from its journal; null when there was none. */
export function readLatest(paths: Paths): Latest | null {
  const swarm = currentSwarm(paths);
  return swarm === null ? null : readSwarm(paths, swarm);
}

/** A swarm, folded from its journal. */
export function readSwarm(paths: Paths, swarm: string): Latest {
  const { lines, end } = readJournal(paths.journal(swarm));
  return { swarm, state: lines.length > 0 ? fold(lines) : emptyState, end };
}

/** The latest swarm; throws a Refusal when there was none. */
export function needLatest(paths: Paths): Latest {
  const latest = readLatest(paths);
  if (latest?.state.swarm) return latest;
  throw new Refusal('no swarm was ever started in this repository', {
    hint: 'start one: oompa tui, or oompa run',
    exitCode: exitCodes.noinput,
  });
}

/** The live supervisor, or null. */
export function liveSupervisor(paths: Paths): LockOwner | null {
  const owner = readLock(paths.lock);
  return owner?.alive ? owner : null;
}
