// Mends a worktree that a worker (or somebody) broke: its folder, its `.git` file, its administration in the repository.
// Nothing is read through the broken parts; what is in the way is set aside, never deleted.
import { existsSync, lstatSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, writeAtomic } from '../disk/durable.ts';
import { setAside } from './aside.ts';
import type { Context } from './context.ts';
import { readPointer, readText } from './refs.ts';
import { runGit } from './run.ts';
import { headIn, type Worktree } from './worktree.ts';

/** Makes tree, `.git` file and administration fit each other again. Costs a few reads when nothing is wrong. */
export async function repair(context: Context, worktree: Worktree): Promise<void> {
  const { tree, admin, branch, worker } = worktree;
  const hadTree = existsSync(tree);
  if (!existsSync(admin))
    context.notice(`the administration of ${worker}'s worktree was gone from .git/worktrees; it was made again`);
  for (const [name, text] of [
    ['commondir', '../..\n'],
    ['gitdir', `${join(tree, '.git')}\n`],
  ] as const) {
    if (readText(join(admin, name)) !== text) await put(admin, name, text);
  }
  if (!readPointer(join(admin, 'HEAD'))) await put(admin, 'HEAD', `ref: refs/heads/${branch}\n`);
  await mendLink(context, worktree, hadTree);
  if (!hadTree) await refill(context, worktree);
}

async function put(folder: string, name: string, text: string): Promise<void> {
  await makeFolder(folder);
  await writeAtomic(join(folder, name), text, { mode: 0o644, sync: false });
}

async function mendLink(context: Context, { tree, admin, worker }: Worktree, hadTree: boolean): Promise<void> {
  const file = join(tree, '.git');
  const wanted = `gitdir: ${admin}\n`;
  const there = lstatSync(file, { throwIfNoEntry: false });
  if (there?.isFile() && readText(file) === wanted) return;
  if (hadTree) context.notice(`the .git file in ${worker}'s worktree was changed; it was put right`);
  if (there && !there.isFile()) {
    const place = await setAside(context, worker, tree, '.git');
    context.notice(`${worker} had another repository in its .git; it was set aside at ${place}`);
  }
  await makeFolder(tree);
  await writeAtomic(file, wanted, { mode: 0o644, sync: false });
}

async function refill(context: Context, worktree: Worktree): Promise<void> {
  const { tree, index, worker } = worktree;
  await rm(index, { force: true });
  worktree.basis = null;
  const head = await headIn(context, worktree);
  await runGit(context.vault.files(tree, index), ['read-tree', '--reset', '-u', head]);
  worktree.basis = head;
  context.notice(`the files of ${worker}'s worktree were gone; they were filled in again from its last commit`);
}
