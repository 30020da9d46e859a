// Saves what a worktree holds and nobody else does, before its files go: uncommitted files as a commit, commits by a ref.
import { existsSync } from 'node:fs';
import { capture, isClean } from './capture.ts';
import type { Context } from './context.ts';
import { setInnerAside } from './inner.ts';
import { keepCommit } from './keep.ts';
import { mergeHeads } from './merge-heads.ts';
import { makeCommit } from './record.ts';
import { readRef } from './refs.ts';
import { headIn, type Worktree } from './worktree.ts';

export interface Salvaged {
  /** The ref that keeps the work; null when nothing would be lost. */
  saved: string | null;
  /** Whether the files were those of HEAD. */
  clean: boolean;
}

/** Keeps everything that is neither ignored nor reachable from `target` or the base branch. */
export async function salvage(context: Context, worktree: Worktree, target: string, why: string): Promise<Salvaged> {
  const { owner, branch, tree } = worktree;
  const head = await headIn(context, worktree);
  const clean = !existsSync(tree) || (mergeHeads(worktree).length === 0 && (await isClean(context, worktree, head)));
  const kept = clean ? head : await commitLeftovers(context, worktree, head, why);
  const saved = (await isSafe(context, worktree, kept, target)) ? null : await keepCommit(context, owner, kept, why);
  // The agent may have left its branch behind, with commits of its own.
  const tip = await readRef(context.paths.gitDir, `refs/heads/${branch}`);
  if (
    tip &&
    tip !== kept &&
    !(await context.ancestry.isAncestor(tip, kept)) &&
    !(await isSafe(context, worktree, tip, target))
  ) {
    const other = await keepCommit(context, owner, tip, why);
    return { saved: saved ?? other, clean };
  }
  return { saved, clean };
}

/** Whether the worktree holds nothing of its own: no changed file, no commit that `target` or the base has not. */
export async function isUntouched(context: Context, worktree: Worktree, target: string): Promise<boolean> {
  const head = await headIn(context, worktree);
  return (
    mergeHeads(worktree).length === 0 &&
    (await isSafe(context, worktree, head, target)) &&
    (await isClean(context, worktree, head))
  );
}

/** What the worktree began from is somebody else's to keep: a base, or the change that a reviewer reads. */
async function isSafe(context: Context, { state }: Worktree, commit: string, target: string): Promise<boolean> {
  const { ancestry, paths, baseBranch } = context;
  if (commit === state.base || (await ancestry.isAncestor(commit, target))) return true;
  const tip = await readRef(paths.gitDir, `refs/heads/${baseBranch}`);
  return tip !== null && tip !== target && (await ancestry.isAncestor(commit, tip));
}

async function commitLeftovers(context: Context, worktree: Worktree, head: string, why: string): Promise<string> {
  const { worker, owner } = worktree;
  await setInnerAside(context, worktree);
  const captured = await capture(context, worktree, head);
  const parents = [head, ...mergeHeads(worktree)];
  if (parents.length === 1 && captured === (await context.trees.of(head))) return head;
  const message = `Uncommitted work of oompa/${worker}\n\nSaved because: ${why}\n\nOompa-Worker: ${worker}\nOompa-Swarm: ${owner.swarm}\n`;
  return await makeCommit(context, { tree: captured, parents, message, author: worker });
}
