// The end of a swarm: what nobody needs goes, what somebody may need is named.
import type { CheckRunner } from './checks.ts';
import type { Context } from './context.ts';
import { recoverLanding } from './landing.ts';
import { ownedWorkers } from './owner.ts';
import { askGit } from './run.ts';

/** Check trees go, and a landing that was cut short comes to its end. Says what stays: worktrees, branches, saved work. */
export async function close(context: Context, checks: CheckRunner): Promise<{ left: string[] }> {
  const { paths, vault, swarm } = context;
  await recoverLanding(context);
  await checks.clear();
  context.comparing.close();
  context.refMover.close();
  const worktrees = (await ownedWorkers(paths)).map((worker) => `the worktree of ${worker} at ${paths.tree(worker)}`);
  const refs = await askGit(vault.theirs(), [
    ...['for-each-ref', '--format=%(refname)', `refs/heads/oompa/${swarm}/`, `refs/oompa/salvage/${swarm}/`],
  ]);
  return { left: [...worktrees, ...refs.split('\n').filter(Boolean).map(describe)] };
}

function describe(ref: string): string {
  const branch = ref.replace(/^refs\/heads\//, '');
  return branch === ref ? `work that was not merged, kept as ${ref}` : `the branch ${branch}`;
}
