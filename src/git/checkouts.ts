// The checkouts of the user's repository, read from its files: where each HEAD is, and what is half done there.
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Paths } from '../disk/paths.ts';
import { readPointer, readText } from './refs.ts';

export interface Checkout {
  gitDir: string;
  /** Absolute path of its files. */
  tree: string;
}

/** Every checkout that has `branch`: HEAD is on it, or a rebase or bisection of it waits there. */
export function checkoutsOf(paths: Paths, branch: string): (Checkout & { busy: string | null })[] {
  const ref = `refs/heads/${branch}`;
  return allCheckouts(paths).flatMap((checkout) => {
    const pointer = readPointer(join(checkout.gitDir, 'HEAD'));
    const on = pointer !== null && 'ref' in pointer && pointer.ref === ref;
    const held = holders.some(({ file, says }) => readText(join(checkout.gitDir, file))?.trim() === says(branch, ref));
    return on || held ? [{ ...checkout, busy: busyWith(checkout) }] : [];
  });
}

function allCheckouts({ gitDir, root }: Paths): Checkout[] {
  const folder = join(gitDir, 'worktrees');
  const linked = (existsSync(folder) ? readdirSync(folder) : []).flatMap((name) => {
    const own = join(folder, name);
    const link = readText(join(own, 'gitdir'))?.trim();
    // A folder that somebody deleted is no checkout any more.
    return link && existsSync(resolve(own, link)) ? [{ gitDir: own, tree: dirname(resolve(own, link)) }] : [];
  });
  return [{ gitDir, tree: root }, ...linked];
}

// A rebase or bisection takes HEAD off the branch and comes back to it.
const holders: readonly { file: string; says: (branch: string, ref: string) => string }[] = [
  { file: 'rebase-merge/head-name', says: (_, ref) => ref },
  { file: 'rebase-apply/head-name', says: (_, ref) => ref },
  { file: 'BISECT_START', says: (branch) => branch },
];

const signs: readonly [string, string][] = [
  ['rebase-merge', 'a rebase'],
  ['rebase-apply', 'a rebase'],
  ['MERGE_HEAD', 'a merge'],
  ['CHERRY_PICK_HEAD', 'a cherry-pick'],
  ['REVERT_HEAD', 'a revert'],
  ['BISECT_LOG', 'a bisection'],
];

function busyWith({ gitDir }: Checkout): string | null {
  return signs.find(([name]) => existsSync(join(gitDir, name)))?.[1] ?? null;
}
