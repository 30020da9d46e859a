// Brings the worker's branch, HEAD and own index to a commit, and ends whatever merge or rebase was half done there.
import { constants } from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EffectError } from '../core/errors.ts';
import { renameChecked } from '../disk/durable.ts';
import type { Context } from './context.ts';
import { breakStale } from './locks.ts';
import { readPointer, readRef } from './refs.ts';
import { type Place, runGit } from './run.ts';
import type { Worktree } from './worktree.ts';

/** HEAD becomes the worker's own branch and that branch `commit`; its index becomes ours. Idempotent. */
export async function pointAt(context: Context, worktree: Worktree, commit: string, why: string): Promise<void> {
  const { paths, vault } = context;
  const { admin, branch, tree } = worktree;
  const ref = `refs/heads/${branch}`;
  const theirs = vault.theirs(admin);
  const locks = [join(admin, 'HEAD.lock'), join(paths.gitDir, `${ref}.lock`)];
  await Promise.all(halfDone.map((name) => rm(join(admin, name), { recursive: true, force: true })));
  const pointer = readPointer(join(admin, 'HEAD'));
  if (!pointer || !('ref' in pointer) || pointer.ref !== ref) {
    await unlocked(theirs, ['symbolic-ref', '-m', why, 'HEAD', ref], locks, tree);
  }
  if ((await readRef(paths.gitDir, ref)) !== commit) {
    const moved = await context.refMover.move(ref, commit);
    if (!moved) await unlocked(theirs, ['update-ref', '-m', why, ref, commit], locks, tree);
  }
  await publishIndex(worktree);
}

/** Gives the worker a copy of our index. A lock it holds on its own is left alone: what is replaced can be made again. */
export async function publishIndex({ index, admin }: Worktree, edit?: (draft: string) => Promise<void>): Promise<void> {
  const draft = join(admin, 'index.oompa');
  await rm(`${draft}.lock`, { force: true });
  await copyFile(index, draft, constants.COPYFILE_FICLONE);
  await edit?.(draft);
  await renameChecked(draft, join(admin, 'index'), { sync: false });
}

// What git leaves in a git dir while a merge, rebase or the like waits to go on.
const halfDone = [
  'MERGE_HEAD',
  'MERGE_MSG',
  'MERGE_MODE',
  'MERGE_RR',
  'SQUASH_MSG',
  'AUTO_MERGE',
  'CHERRY_PICK_HEAD',
  'REVERT_HEAD',
  'REBASE_HEAD',
  'rebase-merge',
  'rebase-apply',
  'sequencer',
  'BISECT_LOG',
  'BISECT_START',
];

// An agent that was killed leaves the locks of its git behind. They are its worktree's own, and nobody else's.
async function unlocked(place: Place, args: readonly string[], locks: readonly string[], tree: string): Promise<void> {
  try {
    await runGit(place, args);
  } catch (error) {
    const broken =
      error instanceof EffectError && error.code === 'git-locked' ? await breakStale(locks, { folder: tree }) : [];
    if (broken.length === 0) throw error;
    await runGit(place, args);
  }
}
