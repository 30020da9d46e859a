// `oompa stop`: stops the swarm in good order. When its supervisor is gone, this process does what is left to do.
import { setTimeout as sleep } from 'node:timers/promises';
import { exitCodes, Refusal } from '../../core/errors.ts';
import type { State } from '../../core/state.ts';
import type { Paths } from '../../disk/paths.ts';
import { compose } from '../compose.ts';
import { sendWish } from '../wishes.ts';
import { liveSupervisor, openWorkspace, readLatest } from '../workspace.ts';
import type { Invocation } from './index.ts';

const stopWithinMs = 120_000;

export async function run(_: Invocation): Promise<number> {
  const paths = openWorkspace();
  const latest = readLatest(paths);
  if (!latest?.state.swarm || latest.state.swarm.status === 'stopped') {
    console.log('no swarm is running');
    return exitCodes.ok;
  }
  if (!liveSupervisor(paths)) return finishStopped(paths);
  await sendWish(paths, { wish: 'stop' });
  const deadline = performance.now() + stopWithinMs;
  while (liveSupervisor(paths)) {
    if (performance.now() > deadline) {
      throw new Refusal('the swarm did not stop in time', {
        hint: `see ${paths.log}; oompa status shows what it waits for`,
        exitCode: exitCodes.tempfail,
      });
    }
    await sleep(50);
  }
  return tell(readLatest(paths)?.state ?? latest.state);
}

/** Does what a dead supervisor left to do until the swarm is stopped, in this process. */
export async function finishStopped(paths: Paths): Promise<number> {
  const running = await compose(paths, {}, { first: [{ type: 'swarm.stop-asked', by: 'operator' }] });
  try {
    return tell(await running.supervisor.ended);
  } finally {
    await running.release();
  }
}

function tell(state: State): number {
  const left = state.swarm?.left ?? [];
  for (const text of left) console.error(`oompa: still there: ${text}`);
  if (state.swarm?.status !== 'stopped') {
    console.error('oompa: the supervisor ended before the swarm was stopped; run oompa stop again');
    return exitCodes.failed;
  }
  console.log('stopped');
  return exitCodes.ok;
}
