// Puts a worktree back to a commit of the base. A reset keeps the folder, because making one in a large repository costs seconds.
import type { Context } from './context.ts';
import { fill } from './fill.ts';
import { pointAt } from './point.ts';
import { salvage } from './salvage.ts';
import { openWorktree, remember } from './worktree.ts';

/** Asked again after a crash, it saves nothing twice. */
export async function resetWorktree(
  context: Context,
  worker: string,
  base: string,
  why: string,
): Promise<{ base: string; saved: string | null }> {
  const worktree = await openWorktree(context, worker);
  const begun = worktree.state.reset;
  const resumed = begun?.base === base;
  const { saved, clean } = resumed ? { saved: begun.saved, clean: false } : await salvage(context, worktree, base, why);
  await remember(context, worktree, { reset: { base, saved } });
  await fill(context, worktree, base, { clean });
  await pointAt(context, worktree, base, `oompa: reset (${why.replace(/\s+/g, ' ').slice(0, 200)})`);
  await remember(context, worktree, { base, reset: null, conflict: null });
  return { base, saved };
}
