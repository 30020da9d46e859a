// Merges two commits in the vault: no checkout, no driver, no ref. The answer is a tree, with or without conflicts.
import type { Bytes } from './bytes.ts';
import { type Place, runGit } from './run.ts';

export interface Merged {
  tree: string;
  /** Files that need hands, sorted; in the tree they hold both sides between markers, where that makes sense. */
  files: Bytes[];
  /** Index entries of the conflicted files, `mode object stage TAB path`. */
  stages: string[];
}

/** Merges `theirs` into `ours`; either may be a name in the vault, which then labels the conflict markers. */
export async function mergeTree(objects: Place, ours: string, theirs: string): Promise<Merged> {
  const args = ['merge-tree', '--write-tree', '--no-messages', '-z', ours, theirs];
  const { out } = await runGit(objects, args, { ok: [0, 1] });
  const [tree = '', ...rest] = out.toString('latin1').split('\0');
  const stages = rest.filter((entry) => /^\d{6} [0-9a-f]{40,64} [1-3]\t/.test(entry));
  const files = [...new Set(stages.map((entry) => entry.slice(entry.indexOf('\t') + 1)))].sort();
  return { tree: tree.trim(), files, stages };
}
