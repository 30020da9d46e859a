// `oompa worktrees`: the worktrees that oompa made here, and how far the work in them is.
import { clean } from '../../core/clean.ts';
import { exitCodes, messageOf } from '../../core/errors.ts';
import { survey } from '../../git/survey.ts';
import { baseOf } from '../base-branch.ts';
import { table } from '../table.ts';
import { openWorkspace } from '../workspace.ts';
import type { Invocation } from './index.ts';

export async function run({ options }: Invocation): Promise<number> {
  const paths = openWorkspace();
  const found = await survey(paths, await baseOf(paths));
  const unproven = found.unproven.map(({ worker, error }) => ({ worker, problem: messageOf(error) }));
  if (options.json) {
    console.log(JSON.stringify({ worktrees: found.worktrees, unproven }, null, 2));
    return exitCodes.ok;
  }
  const rows = found.worktrees.map(({ worker, swarm, branch, base, dirty, merged, size, path }) => [
    worker,
    swarm,
    branch,
    base.slice(0, 7),
    dirty === null ? 'gone' : dirty ? 'dirty' : 'clean',
    merged ? 'merged' : 'ahead',
    size ? `${size.files} files +${size.added} -${size.removed}` : '-',
    path,
  ]);
  const head = ['worker', 'swarm', 'branch', 'base', 'files', 'commits', 'diff', 'path'];
  if (rows.length > 0)
    console.log(
      table(
        head,
        rows.map((row) => row.map((cell) => clean(cell))),
      ),
    );
  else if (unproven.length === 0) console.log('no worktrees of oompa');
  for (const { problem } of unproven) console.log(`not ours: ${clean(problem)}`);
  return exitCodes.ok;
}
