// Takes a worktree and its branch away, once its work is saved and it is proven to be ours.
import { existsSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EffectError, errnoOf } from '../core/errors.ts';
import type { Context } from './context.ts';
import { type Owner, ownerFile, readOwner } from './owner.ts';
import { findAdmin } from './prepare.ts';
import { readRef } from './refs.ts';
import { repair } from './repair.ts';
import { runGit } from './run.ts';
import { salvage } from './salvage.ts';
import { stateFile } from './state.ts';
import { load } from './worktree.ts';

/** A worktree that is gone is no error. Throws EffectError `not-ours` when its ownership cannot be proven. */
export async function removeWorktree(context: Context, worker: string): Promise<{ saved: string | null }> {
  const { paths, vault, serial } = context;
  const owner = readOwner(paths, worker);
  if (!owner) return { saved: null };
  if (owner.swarm !== context.swarm) throw otherSwarm(owner);
  const saved = await save(context, owner);
  const { tree, branch } = owner;
  // Cut short while it was made, git knows it and the proof does not say so yet.
  const admin = owner.admin ?? findAdmin(context, tree);
  if (admin && existsSync(admin)) {
    await serial('worktrees', () => runGit(vault.theirs(), ['worktree', 'remove', '--force', '--force', '--', tree]));
  }
  const tip = await readRef(paths.gitDir, `refs/heads/${branch}`);
  if (tip) await runGit(vault.theirs(), ['update-ref', '-d', `refs/heads/${branch}`, tip]);
  context.open.delete(worker);
  const folder = paths.worktree(worker);
  await rm(tree, { recursive: true, force: true });
  // The proof goes last, so that a removal which was cut short can be asked for again.
  for (const file of [
    join(folder, 'index'),
    join(folder, 'index.lock'),
    stateFile(paths, worker),
    ownerFile(paths, worker),
  ]) {
    await rm(file, { force: true });
  }
  await rmdir(folder).catch((error) => {
    if (errnoOf(error) !== 'ENOTEMPTY' && errnoOf(error) !== 'ENOENT') throw error;
  });
  return { saved };
}

async function save(context: Context, owner: Owner): Promise<string | null> {
  const { paths, baseBranch } = context;
  const worktree = context.open.get(owner.worker) ?? (await load(context, owner));
  // Without tree and administration there is nothing to mend: an earlier removal was cut short.
  if (owner.admin && existsSync(owner.admin)) await repair(context, worktree);
  const base = (await readRef(paths.gitDir, `refs/heads/${baseBranch}`)) ?? worktree.state.base;
  return (await salvage(context, worktree, base, 'the worktree was removed')).saved;
}

function otherSwarm({ swarm, tree }: Owner): EffectError {
  return new EffectError({
    code: 'not-ours',
    message: `the worktree ${tree} belongs to swarm ${swarm}; it stays as it is`,
    hint: 'the next worker of that name takes it over, and keeps its work',
  });
}
