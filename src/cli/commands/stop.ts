// `oompa stop`: stops the swarm in good order. When its supervisor is gone, this process does what is left to do.
import { setTimeout as sleep } from 'node:timers/promises';
import { exitCodes, Refusal } from '../../core/errors.ts';
import type { State } from '../../core/state.ts';
import type { Paths } from '../../disk/paths.ts';
import { compose } from '../compose.ts';
import { say } from '../say.ts';
import { sendWish } from '../wishes.ts';
import { liveSupervisor, openWorkspace, readLatest } from '../workspace.ts';
import type { Invocation } from './index.ts';

const stopWithinMs = 120_000;

export async function run({ options }: Invocation): Promise<number> {
  const paths = openWorkspace();
  const latest = readLatest(paths);
  if (!latest?.state.swarm || latest.state.swarm.status === 'stopped')
    return say(options, 'no swarm is running', { swarm: null, stopped: false, left: [] });
  if (!liveSupervisor(paths)) return tell(options, await finishStopped(paths));
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
  return tell(options, readLatest(paths)?.state ?? latest.state);
}

/** Does what a dead supervisor left to do until the swarm is stopped, in this process. */
export async function finishStopped(paths: Paths): Promise<State> {
  const running = await compose(paths, {}, { first: [{ type: 'swarm.stop-asked', by: 'operator' }] });
  try {
    return await running.supervisor.ended;
  } finally {
    await running.release();
  }
}

/** `facts`: what else there is to say to a program. */
export function tell(options: Invocation['options'], { swarm }: State, facts: object = {}): number {
  const left = swarm?.left ?? [];
  const stopped = swarm?.status === 'stopped';
  for (const text of left) console.error(`oompa: still there: ${text}`);
  const trouble = stopped ? [] : ['the supervisor ended before the swarm was stopped; run oompa stop again'];
  return say(options, stopped ? 'stopped' : null, { swarm: swarm?.id ?? null, stopped, left, ...facts }, trouble);
}
