// The commits that a half-done merge in a worktree is about.
import { join } from 'node:path';
import { Sha } from '../core/ids.ts';
import { readText } from './refs.ts';
import type { Worktree } from './worktree.ts';

/** The other parents that a commit in this worktree would have now. */
export function mergeHeads({ admin }: Pick<Worktree, 'admin'>): string[] {
  const lines = (readText(join(admin, 'MERGE_HEAD')) ?? '').split('\n').map((line) => line.trim());
  return [...new Set(lines.filter((line) => Sha.safeParse(line).success))].slice(0, 16);
}
