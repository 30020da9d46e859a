// Turns the files of a worktree into a tree object, through our own index: whatever a worker staged, locked or hid in its
// index makes no difference.
import { lstatSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { EffectError } from '../core/errors.ts';
import { type Bytes, nulList, pathIn } from './bytes.ts';
import type { Context } from './context.ts';
import { innerRepositories } from './inner.ts';
import { askGit, listGit, type Place, runGit } from './run.ts';
import { filesOf, type Worktree } from './worktree.ts';

/** The tree of everything in the worktree that is not ignored. `basis` is the commit or tree it is compared with: what is tracked there counts, ignored or not. */
export async function capture(context: Context, worktree: Worktree, basis: string): Promise<string> {
  const place = filesOf(context, worktree);
  await align(context, worktree, basis);
  const links = [...(await context.links.of(basis))];
  worktree.basis = null;
  try {
    await addAll(place, links);
  } catch (error) {
    // Repositories without a commit make `git add` fail altogether; it is asked to pass by them.
    const inner = await innerRepositories(context, worktree);
    if (inner.length === 0 || !(error instanceof EffectError)) throw error;
    await addAll(place, [...links, ...inner]);
  }
  if (links.length > 0) await follow(place, worktree.tree, links);
  return await writeTree(context, place);
}

/** Whether nothing differs from `basis`: no file changed, gone or new. Writes nothing. */
export async function isClean(context: Context, worktree: Worktree, basis: string): Promise<boolean> {
  await align(context, worktree, basis);
  const seen = await listGit(filesOf(context, worktree), ['ls-files', '-z', '-m', '-d', '-o', '--exclude-standard']);
  return seen.length === 0;
}

/** Takes paths out of our index, so that the next tree is without them; gives that tree. */
export async function dropFromIndex(context: Context, worktree: Worktree, paths: readonly Bytes[]): Promise<string> {
  const place = filesOf(context, worktree);
  await runGit(place, ['update-index', '--force-remove', '-z', '--stdin'], { input: nulList(paths) });
  return await writeTree(context, place);
}

async function writeTree({ trees }: Context, place: Place): Promise<string> {
  const tree = await askGit(place, ['write-tree']);
  trees.learn(tree, tree);
  return tree;
}

/** Brings our index to `basis`, keeping what it knows of unchanged files. */
async function align(context: Context, worktree: Worktree, basis: string): Promise<void> {
  if (worktree.basis === basis) return;
  const place = filesOf(context, worktree);
  // Left by a git of ours that was killed: nobody else uses this index, and we do one thing at a time.
  await rm(`${worktree.index}.lock`, { force: true });
  try {
    await runGit(place, ['read-tree', '-m', basis]);
  } catch {
    await rm(worktree.index, { force: true });
    await runGit(place, ['read-tree', basis]);
  }
  worktree.basis = basis;
}

async function addAll(place: Place, without: readonly Bytes[]): Promise<void> {
  if (without.length === 0) {
    await runGit(place, ['add', '--all']);
    return;
  }
  const specs = [':/', ...without.map((path) => `:(exclude,top,literal)${path}`)];
  await runGit(place, ['add', '--all', '--pathspec-from-file=-', '--pathspec-file-nul'], { input: nulList(specs) });
}

// A submodule moves to the commit that is checked out in it. Reading that starts no git there, unlike `git add`.
async function follow(place: Place, tree: string, links: readonly Bytes[]): Promise<void> {
  const plain = links.filter((path) => {
    const there = lstatSync(pathIn(tree, path), { throwIfNoEntry: false });
    return !there || there.isDirectory();
  });
  await runGit(place, ['update-index', '--add', '--remove', '-z', '--stdin'], { input: nulList(plain) });
}
