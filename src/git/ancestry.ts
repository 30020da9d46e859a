// Who descends from whom. Commits never change, so what was learnt once (or made here) is not asked of git again.
import { askGit, type Place, runGit } from './run.ts';

export interface Ancestry {
  /** Tells of a commit that was made here. */
  learn(commit: string, parents: readonly string[]): void;
  /** Whether `commit` is `descendant` or one of its ancestors. */
  isAncestor(commit: string, descendant: string): Promise<boolean>;
  /** The best common ancestor, or null for unrelated histories. */
  mergeBase(a: string, b: string): Promise<string | null>;
}

// Far more than one swarm makes in a day.
const remembered = 20_000;

export function createAncestry(objects: Place): Ancestry {
  const parentsOf = new Map<string, readonly string[]>();

  // Walks the commits made here only; false means "not known".
  function knows(commit: string, descendant: string): boolean {
    const queue = [descendant];
    const seen = new Set(queue);
    for (const each of queue) {
      if (each === commit) return true;
      for (const parent of parentsOf.get(each) ?? []) {
        if (seen.has(parent)) continue;
        seen.add(parent);
        queue.push(parent);
      }
      if (queue.length > 500) return false;
    }
    return false;
  }

  // The merge-base of a line of commits made here with a history made here, as long as both meet in one commit and nothing
  // unknown could lead around it; null means "not known".
  function meeting(line: string, other: string): string | null {
    let meet = line;
    for (let steps = 0; !knows(meet, other); steps += 1) {
      const parents = parentsOf.get(meet);
      if (parents?.length !== 1 || steps > 100) return null;
      meet = parents[0] ?? '';
    }
    // Whatever of the other history is not known here must lie below the meeting, where it cannot matter.
    const queue = [other];
    const seen = new Set(queue);
    for (const each of queue) {
      if (each === meet || knows(each, meet)) continue;
      const parents = parentsOf.get(each);
      if (!parents || queue.length > 500) return null;
      for (const parent of parents) {
        if (seen.has(parent)) continue;
        seen.add(parent);
        queue.push(parent);
      }
    }
    return meet;
  }

  async function isAncestor(commit: string, descendant: string): Promise<boolean> {
    if (knows(commit, descendant)) return true;
    const { code } = await runGit(objects, ['merge-base', '--is-ancestor', commit, descendant], { ok: [0, 1] });
    return code === 0;
  }

  return {
    learn(commit, parents) {
      parentsOf.set(commit, parents);
      const oldest = parentsOf.keys().next().value;
      if (parentsOf.size > remembered && oldest) parentsOf.delete(oldest);
    },
    isAncestor,
    async mergeBase(a, b) {
      if (knows(a, b)) return a;
      if (knows(b, a)) return b;
      const meet = meeting(a, b);
      if (meet) return meet;
      return (await askGit(objects, ['merge-base', a, b], { ok: [0, 1] })) || null;
    },
  };
}
