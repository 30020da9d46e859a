// Submodules and other repositories inside the tree. `git add` and `git status` start a git inside each of them, under a
// configuration that a worker can write: so we must know them, and keep our commands out of them.
import type { Bytes } from './bytes.ts';
import { type Difference, differences } from './changed-files.ts';
import { listGit, type Place } from './run.ts';

export interface Links {
  /** The paths that are links to commits (mode 160000) in a commit or tree. */
  of(treeish: string): Promise<ReadonlySet<Bytes>>;
  /** Tells in what two commits or trees differ, so that it need not be asked for. */
  learn(from: string, to: string, differences: readonly Difference[]): void;
}

// Each is the same set as the one before as long as no link comes or goes.
const remembered = 500;

export function createLinks(objects: Place): Links {
  const known = new Map<string, ReadonlySet<Bytes>>();
  let last: { treeish: string; links: ReadonlySet<Bytes> } | null = null;
  const keep = (treeish: string, links: ReadonlySet<Bytes>) => {
    known.set(treeish, links);
    last = { treeish, links };
    const oldest = known.keys().next().value;
    if (known.size > remembered && oldest) known.delete(oldest);
    return links;
  };
  return {
    async of(treeish) {
      const there = known.get(treeish);
      if (there) return there;
      if (!last) return keep(treeish, await listAll(objects, treeish));
      // A whole listing once; after that the difference, which is small.
      const { treeish: from, links } = last;
      return keep(treeish, apply(links, await differences(objects, from, treeish)));
    },
    learn(from, to, changes) {
      const links = known.get(from);
      if (links) keep(to, apply(links, changes));
    },
  };
}

export const linkMode = '160000';

async function listAll(objects: Place, treeish: string): Promise<Set<Bytes>> {
  const entries = await listGit(objects, ['ls-tree', '-r', '-z', treeish]);
  return new Set(
    entries.filter((entry) => entry.startsWith(linkMode)).map((entry) => entry.slice(entry.indexOf('\t') + 1)),
  );
}

function apply(links: ReadonlySet<Bytes>, changes: readonly Difference[]): ReadonlySet<Bytes> {
  const touched = changes.filter(({ oldMode, newMode }) => oldMode === linkMode || newMode === linkMode);
  if (touched.length === 0) return links;
  const next = new Set(links);
  for (const { path, newMode } of touched) {
    if (newMode === linkMode) next.add(path);
    else next.delete(path);
  }
  return next;
}
