// How far a worker is, as numbers, without writing anything: safe while the agent works.
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { type Bytes, pathIn } from './bytes.ts';
import { readNumstat } from './changed-files.ts';
import type { Context } from './context.ts';
import { readOwner } from './owner.ts';
import { listGit } from './run.ts';
import { filesOf, load, type Worktree } from './worktree.ts';

/** Committed and uncommitted work against the commit it began from, new files included; null without a worktree. */
export async function progress(context: Context, worker: string): Promise<Size | null> {
  const owner = readOwner(context.paths, worker);
  if (owner?.swarm !== context.swarm || !existsSync(owner.tree)) return null;
  const worktree = context.open.get(worker) ?? (await load(context, owner));
  return existsSync(worktree.index) ? await sizeFrom(context, worktree, worktree.state.base) : null;
}

/** Lines of text files; `files` counts binary ones as well. */
export interface Size {
  files: number;
  added: number;
  removed: number;
}

/** What the files of a worktree that has an index of ours differ in from a commit. */
export async function sizeFrom(context: Context, worktree: Worktree, commit: string): Promise<Size> {
  const place = filesOf(context, worktree);
  const plain = ['--no-renames', '--no-ext-diff', '--no-textconv', '--ignore-submodules=all'];
  const [known, fresh] = await Promise.all([
    listGit(place, ['diff', '-z', '--numstat', ...plain, commit, '--']),
    listGit(place, ['ls-files', '-z', '-o', '--exclude-standard']),
  ]);
  const changed = readNumstat(known);
  const sum = (key: 'added' | 'removed') => changed.reduce((total, each) => total + (each[key] ?? 0), 0);
  const freshFiles = fresh.filter((path) => !path.endsWith('/'));
  return {
    files: changed.length + freshFiles.length,
    added: sum('added') + countLines(worktree.tree, freshFiles),
    removed: sum('removed'),
  };
}

// An agent may unpack an archive: the count of a board is not worth reading all of it.
const mostFiles = 500;
const mostBytes = 1024 * 1024;

function countLines(tree: string, paths: readonly Bytes[]): number {
  return paths.slice(0, mostFiles).reduce((total, path) => total + linesOf(pathIn(tree, path)), 0);
}

function linesOf(file: Buffer): number {
  try {
    const stat = lstatSync(file);
    if (!stat.isFile() || stat.size > mostBytes) return 0;
    const content = readFileSync(file);
    if (content.includes(0)) return 0;
    let count = 0;
    for (let at = content.indexOf(10); at >= 0; at = content.indexOf(10, at + 1)) count += 1;
    return count + (content.length > 0 && content.at(-1) !== 10 ? 1 : 0);
  } catch {
    return 0;
  }
}
