// `oompa kill [id]`: ends the supervisor by force, and then stops what it left as `oompa stop` does.
import { exitCodes, Refusal } from '../../core/errors.ts';
import { isAlive, waitUntil } from '../../disk/process.ts';
import { findRun } from '../runs.ts';
import { say } from '../say.ts';
import { liveSupervisor, needLatest, openWorkspace } from '../workspace.ts';
import type { Invocation } from './index.ts';
import { finishStopped, tell } from './stop.ts';

const endWithinMs = 10_000;

export async function run({ args: [wanted], options }: Invocation): Promise<number> {
  const paths = openWorkspace();
  const { swarm, state } = needLatest(paths);
  const id = wanted === undefined ? swarm : findRun(paths, wanted);
  if (id !== swarm || state.swarm?.status === 'stopped')
    return say(options, `swarm ${id} is not running`, { swarm: id, stopped: false, left: [], killed: null });
  // The lock names the process by pid, start time and boot: nobody else is hit.
  const owner = liveSupervisor(paths);
  if (owner && isAlive(owner)) {
    process.kill(owner.pid, 'SIGKILL');
    if (!(await waitUntil(() => !isAlive(owner), endWithinMs))) {
      throw new Refusal(`process ${owner.pid} does not end, not even by KILL`, {
        hint: 'it probably hangs in the kernel (a dead network file system?); look at it with ps',
        exitCode: exitCodes.tempfail,
      });
    }
  }
  if (!options.json)
    console.log(
      owner ? `killed supervisor ${owner.pid} of swarm ${id}` : `the supervisor of swarm ${id} is gone already`,
    );
  return tell(options, await finishStopped(paths), { killed: owner?.pid ?? null });
}
