// What we must remember of a worktree over a restart, besides whose it is: `state.json` next to the tree.
import { join } from 'node:path';
import * as z from 'zod';
import { Sha } from '../core/ids.ts';
import { writeAtomic } from '../disk/durable.ts';
import type { Paths } from '../disk/paths.ts';
import { readText } from './refs.ts';

export const WorktreeState = z.object({
  /** The commit of the base branch that the work started from. */
  base: Sha,
  /** A reset that was begun: its work is saved already. */
  reset: z.object({ base: Sha, saved: z.string().nullable() }).nullable(),
  /** A merge of the base that waits for hands: onto `head`, as `tree`, with conflicts in `files` (byte strings). */
  conflict: z.object({ base: Sha, head: Sha, tree: Sha, files: z.array(z.string()), opened: z.boolean() }).nullable(),
});
export type WorktreeState = z.infer<typeof WorktreeState>;

/** The state of a worker's worktree, or null when there is none that can be read. */
export function readState(paths: Paths, worker: string): WorktreeState | null {
  try {
    return WorktreeState.parse(JSON.parse(readText(stateFile(paths, worker)) ?? ''));
  } catch {
    return null;
  }
}

/** Not fsynced: after a power cut the work is still found, through HEAD and the files. */
export async function writeState(paths: Paths, worker: string, state: WorktreeState): Promise<void> {
  await writeAtomic(stateFile(paths, worker), `${JSON.stringify(state)}\n`, { sync: false });
}

export function stateFile(paths: Paths, worker: string): string {
  return join(paths.worktree(worker), 'state.json');
}
