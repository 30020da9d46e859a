// `oompa list`: all swarms of this repository, the newest first.
import { clean } from '../../core/clean.ts';
import { exitCodes } from '../../core/errors.ts';
import { factsOf, type RunFacts } from '../run-facts.ts';
import { readRun, runIds } from '../runs.ts';
import { table } from '../table.ts';
import { openWorkspace } from '../workspace.ts';
import type { Invocation } from './index.ts';

const shown = 20;

export async function run({ options }: Invocation): Promise<number> {
  const paths = openWorkspace();
  const ids = runIds(paths);
  const runs = ids.slice(0, options.all ? undefined : shown).map((id) => factsOf(paths, readRun(paths, id)));
  if (options.json) console.log(JSON.stringify({ total: ids.length, runs }, null, 2));
  else if (ids.length === 0) console.log('No swarm runs found.');
  else {
    console.log(table(head, runs.map(row)));
    if (runs.length < ids.length)
      console.log(`\nShowing ${runs.length} of ${ids.length} runs; --all shows the others.`);
    console.log('\noompa view <id> shows one of them; the start of the id is enough.');
  }
  return exitCodes.ok;
}

const head = ['ID', 'State', 'PID', 'Workers', 'Active', 'Cycles', 'Merged', 'Failed', 'Done', 'Started'];

function row(facts: RunFacts): string[] {
  const { id, state, pid, workers, active, cycles, merged, failed, done, startedAt } = facts;
  return [id, state, pid ?? '-', workers, active, cycles, merged, failed, done, startedAt ?? '-'].map((cell) =>
    clean(String(cell)),
  );
}
