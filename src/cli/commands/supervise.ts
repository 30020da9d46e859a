// `oompa supervise`: the supervisor as a process of its own, detached from any terminal. Its output is a log file.
import { compose } from '../compose.ts';
import type { WorkerSeats } from '../worker-seats.ts';
import { openWorkspace } from '../workspace.ts';
import type { Invocation } from './index.ts';

export async function run({ options }: Invocation): Promise<number> {
  const running = await compose(openWorkspace(), {
    config: options.config as string | undefined,
    whenDone: options.untilDone ? 'stop' : undefined,
    approval: options.approval as string | undefined,
    probe: options.skipProbe ? false : undefined,
    workers: options.workers as WorkerSeats[] | undefined,
  });
  console.log(`Swarm ID: ${running.swarm}`);
  // TERM stops the swarm in good order; a terminal that goes away is none of our business.
  process.on('SIGHUP', () => {});
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => void running.supervisor.dispatch({ type: 'swarm.stop-asked', by: signal }));
  }
  try {
    await running.supervisor.ended;
  } finally {
    await running.release();
  }
  return 0;
}
