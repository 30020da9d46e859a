// Commits all work of a worktree. The work is what HEAD and the files hold, on whatever branch the agent left them.
import { closeSync, openSync, readSync } from 'node:fs';
import { type Bytes, nameOf, pathIn } from './bytes.ts';
import { capture, dropFromIndex } from './capture.ts';
import type { Comparison } from './changed-files.ts';
import type { Context } from './context.ts';
import type { Committed } from './contract.ts';
import { keepCommit } from './keep.ts';
import { linkMode } from './links.ts';
import { mergeHeads } from './merge-heads.ts';
import { pointAt } from './point.ts';
import { makeCommit } from './record.ts';
import { readRef } from './refs.ts';
import { runGit } from './run.ts';
import { headIn, openWorktree, remember, type Worktree } from './worktree.ts';

/**
 * Everything in the tree becomes a commit on the worker's branch; null when nothing then differs from the base. Asked again, the
 * answer is the same.
 */
export async function commitWork(context: Context, worker: string, message: string): Promise<Committed | null> {
  const worktree = await openWorktree(context, worker);
  const { head, tree, work } = await recordWork(context, worktree, message);
  const base = await startOf(context, worktree, head);
  const { files } = base === work.from ? work : await context.comparing.compare(base, tree);
  const markers = unresolved(worktree);
  if (worktree.state.conflict?.opened && markers.length === 0) await remember(context, worktree, { conflict: null });
  return files.length === 0 ? null : { head, base, files, markers: markers.map(nameOf) };
}

interface Recorded {
  head: string;
  tree: string;
  /** What differs from the commit that the work started from. */
  work: Comparison;
}

/** Makes the commit if one is needed, and brings the worker's branch and HEAD to it. */
export async function recordWork(context: Context, worktree: Worktree, message: string): Promise<Recorded> {
  const head = await headIn(context, worktree);
  const { conflict } = worktree.state;
  const others = mergeHeads(worktree);
  // Files of an open conflict may be ignored, and tracked by the base alone.
  const ours = conflict?.opened && conflict.head === head && others.includes(conflict.base) ? conflict.tree : head;
  const captured = await capture(context, worktree, ours);
  const { tree, work } = await withoutInner(context, worktree, captured);
  const parents = [head, ...others.filter((other) => other !== head)];
  const same = parents.length === 1 && tree === (await context.trees.of(head));
  const commit = same ? head : await makeCommit(context, { tree, parents, message, author: worktree.worker });
  await keepOldTip(context, worktree, commit);
  await pointAt(context, worktree, commit, 'oompa: work committed');
  worktree.basis = commit;
  return { head: commit, tree, work };
}

/** Where the work began: the best common ancestor with the base branch. */
async function startOf(context: Context, { state }: Worktree, head: string): Promise<string> {
  const { ancestry, paths, baseBranch } = context;
  const tip = (await readRef(paths.gitDir, `refs/heads/${baseBranch}`)) ?? state.base;
  return (await ancestry.mergeBase(head, tip)) ?? state.base;
}

// A link to a repository that only exists inside this tree would be a file that nobody else can have.
async function withoutInner(
  context: Context,
  worktree: Worktree,
  tree: string,
): Promise<Pick<Recorded, 'tree' | 'work'>> {
  const from = worktree.state.base;
  const work = await context.comparing.compare(from, tree);
  const links = work.entries.filter(({ oldMode, newMode }) => newMode === linkMode && oldMode !== linkMode);
  if (links.length === 0) return { tree, work };
  const declared = await submodules(context, tree);
  const inner = links.map(({ path }) => path).filter((path) => !declared.has(path));
  if (inner.length === 0) return { tree, work };
  const names = inner.map(nameOf).join(', ');
  context.notice(`${worktree.worker} has repositories inside its worktree, which are not part of its work: ${names}`);
  const without = await dropFromIndex(context, worktree, inner);
  return { tree: without, work: await context.comparing.compare(from, without) };
}

async function submodules({ vault }: Context, tree: string): Promise<Set<Bytes>> {
  const { out } = await runGit(
    vault.objects,
    ['config', '--null', '--blob', `${tree}:.gitmodules`, '--get-regexp', '^submodule\\..*\\.path$'],
    { ok: [0, 1, 128] },
  );
  const entries = out.toString('latin1').split('\0');
  return new Set(entries.flatMap((entry) => (entry.includes('\n') ? [entry.slice(entry.indexOf('\n') + 1)] : [])));
}

// The agent went to another branch and left commits on its own.
async function keepOldTip(context: Context, { owner, branch }: Worktree, commit: string): Promise<void> {
  const tip = await readRef(context.paths.gitDir, `refs/heads/${branch}`);
  if (!tip || tip === commit || (await context.ancestry.isAncestor(tip, commit))) return;
  await keepCommit(context, owner, tip, 'the agent went on without these commits');
}

/** Files of the open conflict that still hold conflict markers. */
function unresolved({ state, tree }: Worktree): Bytes[] {
  return (state.conflict?.opened ? state.conflict.files : []).filter((path) => hasMarkers(pathIn(tree, path)));
}

// No hand-written file is longer.
const mostRead = 16 * 1024 * 1024;

function hasMarkers(file: Buffer): boolean {
  try {
    const fd = openSync(file, 'r');
    try {
      const buffer = Buffer.alloc(mostRead);
      return /^(?:<{7}|>{7})(?: |\r?$)/m.test(buffer.toString('latin1', 0, readSync(fd, buffer)));
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
}
