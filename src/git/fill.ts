// Fills a worktree with the files of a commit, through the vault: no filter, hook or driver of anybody runs.
import { rm } from 'node:fs/promises';
import { setAside } from './aside.ts';
import { innerRepositories } from './capture.ts';
import type { Context } from './context.ts';
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
  const place = filesOf(context, worktree);
  const wasClean = options.clean && worktree.basis !== null;
  worktree.basis = null;
  await rm(`${worktree.index}.lock`, { force: true });
  if (!(wasClean && (await move(context, worktree, commit)))) {
    for (const inner of await innerRepositories(context, worktree).catch(() => [])) {
      const aside = await setAside(context, worktree.worker, worktree.tree, inner);
      context.notice(`a repository inside ${worktree.worker}'s worktree was set aside at ${aside}`);
    }
    await runGit(place, ['read-tree', '--reset', '-u', commit]).catch(async () => {
      // An index that git cannot read: the files are saved, so it may be made from nothing.
      await rm(worktree.index, { force: true });
      await runGit(place, ['read-tree', '--reset', '-u', commit]);
    });
    await runGit(place, ['clean', '-f', '-d', '-q']);
  }
  worktree.basis = commit;
}

async function move(context: Context, worktree: Worktree, commit: string): Promise<boolean> {
  return await runGit(filesOf(context, worktree), ['read-tree', '-m', '-u', commit]).then(
    () => true,
    () => false,
  );
}
