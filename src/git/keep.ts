// Refs that keep commits from being lost: refs/oompa/salvage/<swarm>/<worker>/<n>, n from 1. Why is in the ref's log and,
// for work that nobody had committed, in the commit's message. They are made once and never moved or removed by us.
import type { Context } from './context.ts';
import { readRef } from './refs.ts';
import { runGit } from './run.ts';

/** Keeps `commit` under the next free number, or under the ref that keeps it already. Gives the ref. */
export async function keepCommit(
  { paths, vault }: Context,
  of: { swarm: string; worker: string },
  commit: string,
  why: string,
): Promise<string> {
  for (let n = 1; ; n += 1) {
    const ref = `refs/oompa/salvage/${of.swarm}/${of.worker}/${n}`;
    const there = await readRef(paths.gitDir, ref);
    if (there === commit) return ref;
    if (there) continue;
    // An empty old value: git refuses when somebody made the ref meanwhile.
    await runGit(vault.theirs(), ['update-ref', '--create-reflog', '-m', `oompa: ${why}`, ref, commit, '']);
    return ref;
  }
}
