// The proof that a worktree is ours: a private file next to it, written before git hears of it. What lies inside the tree
// (its `.git` file above all) proves nothing, because a worker can write it.
import { lstatSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { EffectError } from '../core/errors.ts';
import { Id, isId } from '../core/ids.ts';
import { writeAtomic } from '../disk/durable.ts';
import type { Paths } from '../disk/paths.ts';
import { readText } from './refs.ts';

export const Owner = z.object({
  format: z.literal(1),
  /** git's common dir of the repository that the worktree belongs to. */
  repository: z.string(),
  swarm: Id,
  worker: Id,
  tree: z.string(),
  branch: z.string().startsWith('oompa/'),
  /** The git dir of the worktree, under `<repository>/worktrees/`; null while it is being made. */
  admin: z.string().nullable(),
  madeAt: z.string(),
});
export type Owner = z.infer<typeof Owner>;

/** The owner of a worker's worktree, or null when oompa made none there. Throws EffectError `not-ours` when the proof does not hold. */
export function readOwner(paths: Paths, worker: string): Owner | null {
  const text = readText(ownerFile(paths, worker));
  if (text === null) return null;
  const owner = parse(text);
  const holds =
    owner?.repository === paths.gitDir &&
    owner.worker === worker &&
    owner.tree === paths.tree(worker) &&
    (owner.admin === null || isAdmin(paths, owner.admin)) &&
    isPlainFolder(paths.worktrees) &&
    isPlainFolder(paths.worktree(worker)) &&
    (isPlainFolder(owner.tree) || !lstatSync(owner.tree, { throwIfNoEntry: false }));
  if (owner && holds) return owner;
  throw new EffectError({
    code: 'not-ours',
    message: `the worktree of ${worker} at ${paths.tree(worker)} is not provably oompa's; it stays as it is`,
    hint: `look at ${ownerFile(paths, worker)}; move the folder ${paths.worktree(worker)} away if nothing in it is needed`,
  });
}

export async function writeOwner(paths: Paths, owner: Owner): Promise<void> {
  await writeAtomic(ownerFile(paths, owner.worker), `${JSON.stringify(owner, null, 2)}\n`);
}

/** Worker ids with a worktree folder. */
export async function ownedWorkers(paths: Paths): Promise<string[]> {
  const names = await readdir(paths.worktrees).catch(() => [] as string[]);
  return names.filter((name) => isId(name) && readText(ownerFile(paths, name)) !== null).sort();
}

export function ownerFile(paths: Paths, worker: string): string {
  return join(paths.worktree(worker), 'owner.json');
}

function parse(text: string): Owner | undefined {
  try {
    return Owner.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function isAdmin({ gitDir }: Paths, admin: string): boolean {
  const name = admin.slice(join(gitDir, 'worktrees', '/').length);
  return admin === join(gitDir, 'worktrees', name) && /^[\w.-]+$/.test(name) && name !== '..' && name !== '.';
}

function isPlainFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
