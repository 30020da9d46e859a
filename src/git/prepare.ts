// Makes the worktree of a worker, adopts the one that is there, or takes over one that an earlier swarm left.
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EffectError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { makeFolder } from '../disk/durable.ts';
import type { Context } from './context.ts';
import type { WorktreeInfo } from './contract.ts';
import { fill } from './fill.ts';
import { keepCommit } from './keep.ts';
import { type Owner, readOwner, writeOwner } from './owner.ts';
import { pointAt } from './point.ts';
import { readRef, readText } from './refs.ts';
import { repair } from './repair.ts';
import { runGit } from './run.ts';
import { isUntouched, salvage } from './salvage.ts';
import { headIn, infoOf, load, openWorktree, remember, type Worktree } from './worktree.ts';

/**
 * The worktree of this swarm is adopted as it is when it holds work, and moved to `base` when it holds none; one of an earlier
 * swarm is taken over after its work was saved. Throws EffectError `worktree-occupied` when something else lies at its place.
 */
export async function prepareWorktree(context: Context, worker: string, base: string): Promise<WorktreeInfo> {
  if (!isId(worker)) throw new EffectError({ code: 'bad-id', message: 'a worker id must be a plain name' });
  const { paths, swarm } = context;
  const owner = readOwner(paths, worker);
  if (owner?.swarm === swarm && owner.admin !== null) {
    const worktree = await openWorktree(context, worker);
    const head = await headIn(context, worktree);
    if (head !== base && (await isUntouched(context, worktree, base))) await bringTo(context, worktree, base, true);
    return await infoOf(context, worktree);
  }
  const worktree = owner?.admin ? await takeOver(context, owner) : await make(context, worker, base);
  context.open.set(worker, worktree);
  await bringTo(context, worktree, base, false);
  return await infoOf(context, worktree);
}

async function bringTo(context: Context, worktree: Worktree, base: string, clean: boolean): Promise<void> {
  await fill(context, worktree, base, { clean });
  await pointAt(context, worktree, base, 'oompa: ready for work');
  await remember(context, worktree, { base, reset: null, conflict: null });
}

async function make(context: Context, worker: string, base: string): Promise<Worktree> {
  const { paths, swarm, serial } = context;
  const tree = paths.tree(worker);
  if (!readOwner(paths, worker) && existsSync(tree)) {
    throw new EffectError({
      code: 'worktree-occupied',
      message: `${tree} exists and was not made by oompa; it stays as it is`,
      hint: 'move that folder away',
    });
  }
  const owner: Owner = {
    format: 1,
    repository: paths.gitDir,
    swarm,
    worker,
    tree,
    branch: `oompa/${swarm}/${worker}`,
    admin: null,
    madeAt: new Date().toISOString(),
  };
  await makeFolder(paths.worktree(worker));
  await writeOwner(paths, owner);
  // git 2.39 loses some of several worktrees that are added at once.
  const admin = await serial('worktrees', async () => findAdmin(context, tree) ?? (await add(context, owner, base)));
  const made = { ...owner, admin };
  await writeOwner(paths, made);
  const worktree = await load(context, made);
  await repair(context, worktree);
  return worktree;
}

async function add(context: Context, { swarm, worker, tree, branch }: Owner, base: string): Promise<string> {
  const { paths, vault, ancestry } = context;
  const tip = await readRef(paths.gitDir, `refs/heads/${branch}`);
  if (tip && !(await ancestry.isAncestor(tip, base))) {
    await keepCommit(context, { swarm, worker }, tip, 'its worktree was made again');
  }
  const lock = ['--lock', '--reason', `a worktree of oompa, swarm ${swarm}, worker ${worker}`];
  await runGit(vault.theirs(), [
    ...['worktree', 'add', '--quiet', '--no-checkout', '--no-track', ...lock],
    ...['-B', branch, '--', tree, base],
  ]);
  const admin = findAdmin(context, tree);
  if (admin) return admin;
  throw new EffectError({ code: 'git-failed', message: `git made no worktree at ${tree}`, retryable: true });
}

/** The git dir of the worktree at `tree`, found from the repository's side. */
export function findAdmin({ paths }: Context, tree: string): string | null {
  const folder = join(paths.gitDir, 'worktrees');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const isIt = (name: string) => {
    const target = readText(join(folder, name, 'gitdir'))?.trim();
    return target !== undefined && resolve(folder, name, target) === join(tree, '.git');
  };
  const name = names.find(isIt);
  return name ? join(folder, name) : null;
}

async function takeOver(context: Context, owner: Owner): Promise<Worktree> {
  const { paths, swarm, vault } = context;
  const old = await load(context, owner);
  await repair(context, old);
  const base = (await readRef(paths.gitDir, `refs/heads/${context.baseBranch}`)) ?? old.state.base;
  const { saved } = await salvage(context, old, base, `swarm ${swarm} took the worktree over`);
  if (saved) context.notice(`work of swarm ${owner.swarm} in the worktree of ${owner.worker} was kept as ${saved}`);
  const taken: Owner = { ...owner, swarm, branch: `oompa/${swarm}/${owner.worker}`, madeAt: new Date().toISOString() };
  await writeOwner(paths, taken);
  await pointAt(context, { ...old, branch: taken.branch }, base, 'oompa: taken over');
  const tip = await readRef(paths.gitDir, `refs/heads/${owner.branch}`);
  if (tip && owner.branch !== taken.branch) {
    await runGit(vault.theirs(), ['update-ref', '-d', `refs/heads/${owner.branch}`, tip]);
  }
  return await load(context, taken);
}
