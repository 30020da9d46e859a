// The tree of a commit. Commits never change, so what was made here, or asked once, is not asked of git again.
import { askGit, type Place } from './run.ts';

export interface Trees {
  /** Tells of a commit that was made here; a tree is its own tree. */
  learn(commit: string, tree: string): void;
  of(commit: string): Promise<string>;
}

// Far more than are looked at again.
const remembered = 5_000;

export function createTrees(objects: Place): Trees {
  const known = new Map<string, string>();
  const learn = (commit: string, tree: string) => {
    known.set(commit, tree);
    const oldest = known.keys().next().value;
    if (known.size > remembered && oldest) known.delete(oldest);
  };
  return {
    learn,
    async of(commit) {
      const there = known.get(commit);
      if (there) return there;
      const tree = await askGit(objects, ['rev-parse', '--verify', `${commit}^{tree}`]);
      learn(commit, tree);
      return tree;
    },
  };
}
