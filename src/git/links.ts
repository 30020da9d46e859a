// Submodules and other repositories inside the tree. `git add` and `git status` start a git inside each of them, under a
// configuration that a worker can write: so we must know them, and keep our commands out of them.
import type { Bytes } from './bytes.ts';
import { listGit, type Place } from './run.ts';

/** The paths that are links to commits (mode 160000) in a commit or tree. */
export type Links = (treeish: string) => Promise<ReadonlySet<Bytes>>;

export function createLinks(objects: Place): Links {
  let last: { treeish: string; links: ReadonlySet<Bytes> } | null = null;
  return async (treeish) => {
    if (last?.treeish === treeish) return last.links;
    // A whole listing once; after that the difference, which is small.
    const links = last ? await follow(objects, last, treeish) : await listAll(objects, treeish);
    last = { treeish, links };
    return links;
  };
}

export const linkMode = '160000';

async function listAll(objects: Place, treeish: string): Promise<Set<Bytes>> {
  const entries = await listGit(objects, ['ls-tree', '-r', '-z', treeish]);
  return new Set(
    entries.filter((entry) => entry.startsWith(linkMode)).map((entry) => entry.slice(entry.indexOf('\t') + 1)),
  );
}

async function follow(
  objects: Place,
  from: { treeish: string; links: ReadonlySet<Bytes> },
  treeish: string,
): Promise<Set<Bytes>> {
  const links = new Set(from.links);
  const fields = await listGit(objects, ['diff-tree', '-r', '-z', '--raw', '--no-renames', from.treeish, treeish]);
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [meta = '', path = ''] = [fields[i], fields[i + 1]];
    if (meta.split(' ')[1] === linkMode) links.add(path);
    else links.delete(path);
  }
  return links;
}
