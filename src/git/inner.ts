// Repositories that an agent made inside its worktree.
import { setAside } from './aside.ts';
import type { Bytes } from './bytes.ts';
import type { Context } from './context.ts';
import { listGit } from './run.ts';
import { filesOf, type Worktree } from './worktree.ts';

/** Untracked repositories in the tree, as our index has it. Nothing is started in them. */
export async function innerRepositories(context: Context, worktree: Worktree): Promise<Bytes[]> {
  const others = await listGit(filesOf(context, worktree), ['ls-files', '-z', '-o', '--exclude-standard']);
  return others.filter((path) => path.endsWith('/')).map((path) => path.slice(0, -1));
}

/** Moves them all away, and says where to. */
export async function setInnerAside(context: Context, worktree: Worktree): Promise<void> {
  for (const inner of await innerRepositories(context, worktree)) {
    const place = await setAside(context, worktree.worker, worktree.tree, inner);
    context.notice(`a repository inside ${worktree.worker}'s worktree was set aside at ${place}`);
  }
}
