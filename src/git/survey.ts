// All worktrees of a repository that oompa made, of whatever swarm, as they are now. Writes nothing: safe while agents work.
import { existsSync } from 'node:fs';
import { compareIds } from '../core/ids.ts';
import type { Paths } from '../disk/paths.ts';
import { openContext } from './open.ts';
import { ownedWorkers, readOwner } from './owner.ts';
import { type Size, sizeFrom } from './progress.ts';
import { readRef } from './refs.ts';
import { headIn, load } from './worktree.ts';

export interface Surveyed {
  worker: string;
  swarm: string;
  path: string;
  branch: string;
  /** The commit of the base branch that its work began from, and the one that it stands at. */
  base: string;
  head: string;
  /** Whether files differ from `head`; null when there are no files to look at. */
  dirty: boolean | null;
  /** Whether the base branch holds `head`. */
  merged: boolean;
  /** The difference from `base`. */
  size: Size | null;
}

/** `unproven`: worktrees whose proof of ownership does not hold, with what is wrong. */
export async function survey(
  paths: Paths,
  baseBranch: string,
): Promise<{ worktrees: Surveyed[]; unproven: { worker: string; error: unknown }[] }> {
  const worktrees: Surveyed[] = [];
  const unproven: { worker: string; error: unknown }[] = [];
  const workers = (await ownedWorkers(paths)).sort(compareIds);
  if (workers.length === 0) return { worktrees, unproven };
  const context = await openContext({ paths, swarm: '', baseBranch });
  for (const worker of workers) {
    try {
      const owner = readOwner(paths, worker);
      if (!owner) continue;
      const worktree = await load(context, owner);
      const { base } = worktree.state;
      const head = await headIn(context, worktree);
      const there = existsSync(owner.tree) && existsSync(worktree.index);
      const tip = await readRef(paths.gitDir, `refs/heads/${baseBranch}`);
      worktrees.push({
        ...{ worker, swarm: owner.swarm, path: owner.tree, branch: owner.branch, base, head },
        dirty: there ? (await sizeFrom(context, worktree, head)).files > 0 : null,
        merged: tip !== null && (head === tip || (await context.ancestry.isAncestor(head, tip))),
        size: there ? await sizeFrom(context, worktree, base) : null,
      });
    } catch (error) {
      unproven.push({ worker, error });
    }
  }
  context.comparing.close();
  context.refMover.close();
  return { worktrees, unproven };
}
