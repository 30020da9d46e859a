// Clears away what oompa left in a repository, if nothing is lost by it: clean worktrees, branches and kept work that the base branch holds.
import { messageOf } from '../core/errors.ts';
import type { Paths } from '../disk/paths.ts';
import { openContext } from './open.ts';
import { removeWorktree } from './remove.ts';
import { askGit, type Place, runGit } from './run.ts';
import { type Surveyed, survey } from './survey.ts';

export interface Leftover {
  kind: 'worktree' | 'branch' | 'saved';
  /** A path, or a full ref. */
  name: string;
  /** Why it goes, or why it stays. */
  why: string;
}

export interface CleanupOptions {
  paths: Paths;
  baseBranch: string;
  /** Only say what would be done. */
  dryRun: boolean;
  /** Why a swarm's things must stay; null when it is over. Also of a swarm that is not known. */
  mustStay(swarm: string): string | null;
  /** Why a worktree must stay besides what git knows; null when nothing is in the way. */
  inTheWay(worktree: Surveyed): Promise<string | null>;
  /** Called before a worktree is removed. */
  beforeRemoval(worktree: Surveyed): Promise<void>;
}

export async function cleanup(options: CleanupOptions): Promise<{ removed: Leftover[]; kept: Leftover[] }> {
  const { paths, baseBranch, dryRun } = options;
  const removed: Leftover[] = [];
  const kept: Leftover[] = [];
  const { worktrees, unproven } = await survey(paths, baseBranch);
  for (const { worker, error } of unproven)
    kept.push({ kind: 'worktree', name: paths.tree(worker), why: messageOf(error) });
  // Branches that go, or stay, with their worktree.
  const told = new Set(worktrees.map(({ branch }) => `refs/heads/${branch}`));
  for (const worktree of worktrees) {
    const { path, worker, swarm } = worktree;
    const why = options.mustStay(swarm) ?? unsafe(worktree, baseBranch) ?? (await options.inTheWay(worktree));
    if (why !== null) {
      kept.push({ kind: 'worktree', name: path, why });
      continue;
    }
    removed.push({ kind: 'worktree', name: path, why: `clean, and ${baseBranch} has its commits` });
    if (dryRun) continue;
    await options.beforeRemoval(worktree);
    await removeWorktree(await openContext({ paths, swarm, baseBranch }), worker);
  }
  const place: Place = { cwd: paths.root, env: { GIT_DIR: paths.gitDir } };
  for (const { ref, commit, merged, checkedOut } of await refs(place, baseBranch)) {
    if (told.has(ref)) continue;
    const kind = ref.startsWith('refs/heads/') ? 'branch' : 'saved';
    const swarm = ours.exec(ref)?.[1];
    const inUse = checkedOut ? `it is checked out at ${checkedOut}` : null;
    const notMerged = merged ? null : `${baseBranch} does not have it; see git log ${baseBranch}..${ref}`;
    const why =
      swarm === undefined ? 'its name is none that oompa gives' : (options.mustStay(swarm) ?? inUse ?? notMerged);
    if (why !== null) kept.push({ kind, name: ref, why });
    else {
      removed.push({ kind, name: ref, why: `${baseBranch} has it` });
      if (!dryRun) await runGit(place, ['update-ref', '-d', ref, commit]);
    }
  }
  return { removed, kept };
}

/** A branch of a worker, or work that was kept. */
const ours = /^refs\/(?:heads\/oompa|oompa\/salvage)\/([0-9a-f]{8})\/[a-z0-9][a-z0-9._/-]*$/;

function unsafe({ dirty, merged }: Surveyed, baseBranch: string): string | null {
  if (dirty !== false)
    return dirty ? 'it holds work that is not committed' : 'its files are gone; the next worker of that name mends it';
  return merged ? null : `${baseBranch} does not have its commits`;
}

async function refs(place: Place, baseBranch: string) {
  const list = async (format: string, ...args: string[]) => {
    const where = ['refs/heads/oompa/', 'refs/oompa/'];
    const out = await askGit(place, ['for-each-ref', `--format=${format}`, ...args, ...where]);
    return out.split('\n').filter(Boolean);
  };
  const merged = new Set(await list('%(refname)', `--merged=refs/heads/${baseBranch}`));
  return (await list('%(refname) %(objectname) %(worktreepath)')).map((line) => {
    const [ref = '', commit = '', ...path] = line.split(' ');
    return { ref, commit, merged: merged.has(ref), checkedOut: path.join(' ') };
  });
}
