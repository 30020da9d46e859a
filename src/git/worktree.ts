// A worker's worktree as this process knows it. Opening one proves that it is ours and mends what a worker broke.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EffectError } from '../core/errors.ts';
import type { Context } from './context.ts';
import type { WorktreeInfo } from './contract.ts';
import { type Owner, ownedWorkers, readOwner } from './owner.ts';
import { headOf, readRef } from './refs.ts';
import { repair } from './repair.ts';
import type { Place } from './run.ts';
import { readState, type WorktreeState, writeState } from './state.ts';

export interface Worktree {
  owner: Owner;
  worker: string;
  tree: string;
  branch: string;
  /** Its git dir, as `owner.json` remembers it. */
  admin: string;
  /** Our own index of the tree. The worker's own, in `admin`, is written by us and never read. */
  index: string;
  state: WorktreeState;
  /** The commit or tree that `index` was last brought to; null when that is not known. */
  basis: string | null;
}

/** The worktree of a worker of this swarm, mended. Throws EffectError `no-worktree` or `not-ours`. */
export async function openWorktree(context: Context, worker: string): Promise<Worktree> {
  const { paths, swarm } = context;
  const owner = readOwner(paths, worker);
  if (owner?.swarm !== swarm || owner.admin === null) {
    throw new EffectError({
      code: 'no-worktree',
      message: `${worker} has no worktree in this swarm`,
      hint: 'it is made when the worker starts; was .oompa/worktrees changed by hand?',
    });
  }
  const worktree = context.open.get(worker) ?? (await load(context, owner));
  context.open.set(worker, worktree);
  await repair(context, worktree);
  return worktree;
}

/** A worktree as its files tell, whoever's swarm it is of. */
export async function load(context: Context, owner: Owner): Promise<Worktree> {
  const { paths, baseBranch } = context;
  const { worker, tree, branch, admin } = owner;
  const base = (await readRef(paths.gitDir, `refs/heads/${baseBranch}`)) ?? '0'.repeat(40);
  return {
    owner,
    worker,
    tree,
    branch,
    admin: admin ?? '',
    index: join(paths.worktree(worker), 'index'),
    state: readState(paths, worker) ?? { base, reset: null, conflict: null },
    basis: null,
  };
}

/** The commit that the worktree's HEAD stands for. A branch that is gone counts as put back to where the work started. */
export async function headIn({ paths }: Context, { admin, branch, state }: Worktree): Promise<string> {
  const head = await headOf(admin, paths.gitDir);
  if (head && !/^0+$/.test(head)) return head;
  return (await readRef(paths.gitDir, `refs/heads/${branch}`)) ?? state.base;
}

/** Our place to work on the files of the worktree. */
export function filesOf({ vault }: Context, { tree, index }: Worktree): Place {
  return vault.files(tree, index);
}

export async function remember({ paths }: Context, worktree: Worktree, state: Partial<WorktreeState>): Promise<void> {
  worktree.state = { ...worktree.state, ...state };
  await writeState(paths, worktree.worker, worktree.state);
}

export async function infoOf(context: Context, worktree: Worktree): Promise<WorktreeInfo> {
  const { worker, tree, branch } = worktree;
  return { worker, path: tree, branch, head: await headIn(context, worktree) };
}

/** The worktrees of this swarm whose trees exist. One that is not provably ours is left out. */
export async function listWorktrees(context: Context): Promise<WorktreeInfo[]> {
  const found: WorktreeInfo[] = [];
  for (const worker of await ownedWorkers(context.paths)) {
    const owner = ownerOrNull(context, worker);
    if (owner?.swarm !== context.swarm || owner.admin === null || !existsSync(owner.tree)) continue;
    found.push(await infoOf(context, context.open.get(worker) ?? (await load(context, owner))));
  }
  return found;
}

function ownerOrNull({ paths }: Context, worker: string): Owner | null {
  try {
    return readOwner(paths, worker);
  } catch {
    return null;
  }
}
