// A repository inside a worktree holds work that a commit of the worktree cannot hold: it is moved away whole, never deleted.
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { makeFolder, renameChecked } from '../disk/durable.ts';
import { type Bytes, nameOf, pathIn } from './bytes.ts';
import type { Context } from './context.ts';

/** Moves `path` of `tree` under .oompa/aside/<swarm>/<worker>/ and says where it lies now. */
export async function setAside({ paths, swarm }: Context, worker: string, tree: string, path: Bytes): Promise<string> {
  const folder = join(paths.home, 'aside', swarm, worker);
  await makeFolder(folder);
  const name = basename(nameOf(path)).replace(/^\./, '') || 'repository';
  let place = join(folder, name);
  for (let n = 2; existsSync(place); n += 1) place = join(folder, `${name}.${n}`);
  await renameChecked(pathIn(tree, path) as unknown as string, place, { sync: false });
  return place;
}
