// `oompa cleanup`: removes what oompa left behind, if it is ours, clean and merged; says what it keeps and why.
import { existsSync } from 'node:fs';
import { clean } from '../../core/clean.ts';
import { exitCodes } from '../../core/errors.ts';
import type { Paths } from '../../disk/paths.ts';
import { cleanup, type Leftover } from '../../git/cleanup.ts';
import { createBoard } from '../../tasks/board.ts';
import { scanView } from '../../tasks/view.ts';
import { baseOf } from '../base-branch.ts';
import { openWorkspace, readLatest } from '../workspace.ts';
import type { Invocation } from './index.ts';

export async function run({ options }: Invocation): Promise<number> {
  const paths = openWorkspace();
  const dryRun = Boolean(options.dryRun);
  const result = await cleanup({
    paths,
    baseBranch: await baseOf(paths),
    dryRun,
    mustStay: knownSwarms(paths),
    inTheWay: async ({ worker }) => {
      const [task] = scanView(paths.view(worker));
      return task ? `the task file ${task.file} lies in its own folder ${paths.view(worker)}` : null;
    },
    beforeRemoval: ({ worker }) => createBoard(paths.tasks).removeView(paths.view(worker)),
  });
  if (options.json) console.log(JSON.stringify({ dryRun, ...result }, null, 2));
  else {
    for (const each of result.removed) console.log(line(dryRun ? 'would remove' : 'removed', each));
    for (const each of result.kept) console.log(line('kept', each));
    if (result.removed.length + result.kept.length === 0) console.log('nothing of oompa is left here');
  }
  return exitCodes.ok;
}

/** A swarm that has a run is ours; the latest one must be stopped first. */
function knownSwarms(paths: Paths): (swarm: string) => string | null {
  const latest = readLatest(paths);
  const goesOn = latest?.state.swarm?.status === 'stopped' ? null : (latest?.swarm ?? null);
  return (swarm) => {
    if (swarm === goesOn) return `swarm ${swarm} is not stopped; oompa stop ends it`;
    return existsSync(paths.journal(swarm)) ? null : `there is no run of a swarm ${swarm}: not provably oompa's`;
  };
}

function line(what: string, { kind, name, why }: Leftover): string {
  return `${what}: ${kind === 'saved' ? 'saved work' : kind} ${clean(name)} (${clean(why)})`;
}
