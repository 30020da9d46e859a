// Fills a worktree with the files of a commit, through the vault: no filter, hook or driver of anybody runs.
import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Context } from './context.ts';
import { setInnerAside } from './inner.ts';
import { runGit } from './run.ts';
import { filesOf, type Worktree } from './worktree.ts';

/**
 * The tree becomes that of `commit`; ignored files stay, unless they are in its way. `clean`: our index and the files are known to
 * agree, so only what differs is touched. What the files held must be saved already.
 */
export async function fill(
  context: Context,
  worktree: Worktree,
  commit: string,
  options: { clean: boolean },
): Promise<void> {
  const known = options.clean && worktree.basis !== null;
  const isEmpty = readdirSync(worktree.tree).every((name) => name === '.git');
  worktree.basis = null;
  await rm(`${worktree.index}.lock`, { force: true });
  const moved = known && (await move(context, worktree, commit));
  if (!moved) await overwrite(context, worktree, commit);
  if (!moved && !isEmpty) {
    await setInnerAside(context, worktree);
    await runGit(filesOf(context, worktree), ['clean', '-f', '-d', '-q']);
  }
  worktree.basis = commit;
}

async function overwrite(context: Context, worktree: Worktree, commit: string): Promise<void> {
  const force = () => runGit(filesOf(context, worktree), ['read-tree', '--reset', '-u', commit]);
  await force().catch(async () => {
    // A repository in the way, or an index that git cannot read. The files are saved, so it may be made from nothing.
    await setInnerAside(context, worktree).catch(() => {});
    await rm(worktree.index, { force: true });
    await force();
  });
}

async function move(context: Context, worktree: Worktree, commit: string): Promise<boolean> {
  return await runGit(filesOf(context, worktree), ['read-tree', '-m', '-u', commit]).then(
    () => true,
    () => false,
  );
}
