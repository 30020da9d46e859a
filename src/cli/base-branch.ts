// The branch that changes are merged into, for commands that look at a repository whether or not a swarm runs there.
import type { Paths } from '../disk/paths.ts';
import { detectBase } from '../git/base.ts';
import { readLatest } from './workspace.ts';

/** The one of the latest swarm; else the one that a swarm would take. */
export async function baseOf(paths: Paths): Promise<string> {
  return readLatest(paths)?.state.swarm?.base.branch ?? (await detectBase(paths)).branch;
}
