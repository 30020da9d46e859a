// Merges the base into a worktree and leaves the conflicts to the worker, as `git merge` would have left them.
import { dirname, join } from 'node:path';
import { makeFolder, writeAtomic } from '../disk/durable.ts';
import { nameOf, nulList } from './bytes.ts';
import { recordWork } from './commit.ts';
import type { Context } from './context.ts';
import { fill } from './fill.ts';
import { mergeHeads } from './merge-heads.ts';
import { type Merged, mergeTree } from './merge-tree.ts';
import { pointAt, publishIndex } from './point.ts';
import { makeCommit } from './record.ts';
import { runGit } from './run.ts';
import { headIn, openWorktree, remember, type Worktree } from './worktree.ts';

/** Uncommitted work is committed first. A clean merge is committed too. Asked again, it opens the same conflict once. */
export async function openConflict(
  context: Context,
  worker: string,
  base: string,
): Promise<{ base: string; files: string[] }> {
  const worktree = await openWorktree(context, worker);
  const begun = worktree.state.conflict;
  if (begun?.base === base && begun.opened && mergeHeads(worktree).includes(base)) {
    return { base, files: begun.files.map(nameOf) };
  }
  // Cut short while the files were being merged: they are neither the worker's nor whole.
  if (begun && !begun.opened && (await headIn(context, worktree)) === begun.head) {
    await fill(context, worktree, begun.head, { clean: false });
  }
  const { head } = await recordWork(
    context,
    worktree,
    `Work from oompa/${worker}, before the base was merged into it\n\nOompa-Worker: ${worker}\n`,
  );
  if (await context.ancestry.isAncestor(base, head)) {
    await remember(context, worktree, { conflict: null });
    return { base, files: [] };
  }
  const merged = await mergeWithNames(context, worktree, head, base);
  await remember(context, worktree, {
    conflict: { base, head, tree: merged.tree, files: merged.files, opened: false },
  });
  await fill(context, worktree, merged.tree, { clean: true });
  if (merged.files.length === 0) await closeClean(context, worktree, head, base, merged.tree);
  else await leaveOpen(context, worktree, base, merged);
  return { base, files: merged.files.map(nameOf) };
}

// Branches of the vault: their names are what a worker reads next to the markers. The vault is ours alone, so they are
// plain files to us, and no killed git can leave a lock on them.
async function mergeWithNames(context: Context, { branch }: Worktree, head: string, base: string): Promise<Merged> {
  const { vault, paths, baseBranch, serial } = context;
  return await serial('merge-names', async () => {
    for (const [name, commit] of [
      [branch, head],
      [baseBranch, base],
    ] as const) {
      const file = join(paths.vault, 'refs', 'heads', name);
      await makeFolder(dirname(file));
      await writeAtomic(file, `${commit}\n`, { sync: false });
    }
    return await mergeTree(vault.objects, branch, baseBranch);
  });
}

async function closeClean(
  context: Context,
  worktree: Worktree,
  head: string,
  base: string,
  tree: string,
): Promise<void> {
  const { worker } = worktree;
  const message = `Merge ${context.baseBranch} into oompa/${worker}\n\nOompa-Worker: ${worker}\n`;
  const commit = await makeCommit(context, { tree, parents: [head, base], message, author: worker });
  await pointAt(context, worktree, commit, 'oompa: merged the base');
  await remember(context, worktree, { conflict: null });
}

async function leaveOpen(context: Context, worktree: Worktree, base: string, merged: Merged): Promise<void> {
  const { vault, baseBranch } = context;
  const { admin, tree } = worktree;
  const { conflict } = worktree.state;
  const gone = merged.files.map((path) => `0 ${'0'.repeat(base.length)}\t${path}`);
  await publishIndex(worktree, async (draft) => {
    const input = nulList([...gone, ...merged.stages]);
    await runGit(vault.files(tree, draft), ['update-index', '-z', '--index-info'], { input });
  });
  await writeAtomic(join(admin, 'MERGE_MSG'), `Merge ${baseBranch} into ${worktree.branch}\n`, { sync: false });
  await writeAtomic(join(admin, 'MERGE_MODE'), '', { sync: false });
  await writeAtomic(join(admin, 'MERGE_HEAD'), `${base}\n`, { sync: false });
  if (conflict) await remember(context, worktree, { conflict: { ...conflict, opened: true } });
}
