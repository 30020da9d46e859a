// `oompa run`: the supervisor in the foreground, a line per event. Ctrl-C stops the swarm, a second one leaves at once.
import { exitCodes, Refusal } from '../../core/errors.ts';
import { compose } from '../compose.ts';
import { startDetached } from '../detach.ts';
import type { Overrides } from '../new-swarm.ts';
import { planOf, planText } from '../plan.ts';
import { storyOf } from '../story.ts';
import { overallCode, summaryTable } from '../summary.ts';
import { asFlags, type WorkerSeats } from '../worker-seats.ts';
import { openWorkspace } from '../workspace.ts';
import type { Invocation } from './index.ts';

export async function run({ args: [file], options }: Invocation): Promise<number> {
  const paths = openWorkspace();
  const approval = options.approval === undefined ? undefined : String(options.approval);
  if (approval !== undefined && approval !== 'operator' && approval !== 'auto') {
    throw new Refusal(`--approval takes operator or auto, not ${approval}`, {
      hint: 'operator: you approve each change; auto: green checks do',
      exitCode: exitCodes.usage,
    });
  }
  const config = (options.config as string | undefined) ?? file;
  const workers = options.workers as WorkerSeats[] | undefined;
  const overrides: Overrides = {
    config,
    approval,
    workers,
    whenDone: options.untilDone ? 'stop' : undefined,
    probe: options.skipProbe ? false : undefined,
  };
  if (options.dryRun) {
    const plan = await planOf(paths, overrides);
    console.log(options.json ? JSON.stringify(plan, null, 2) : planText(plan));
    return exitCodes.ok;
  }
  if (options.detach) {
    const flags = [
      ...(config ? ['--config', config] : []),
      ...(options.untilDone ? ['--until-done'] : []),
      ...(approval ? ['--approval', approval] : []),
      ...(options.skipProbe ? ['--skip-probe'] : []),
      ...asFlags(workers ?? []),
    ];
    const { swarm, pid } = await startDetached(paths, flags, options.startupTimeout as number | undefined);
    console.log(
      options.json
        ? JSON.stringify({ swarm, pid })
        : `Swarm ID: ${swarm}\nsupervisor ${pid}; look with oompa tui, end with oompa stop`,
    );
    return exitCodes.ok;
  }
  return runForeground(paths, overrides, Boolean(options.json));
}

/** Runs until the swarm is stopped; prints as it goes. Exit code 1 when nothing was achieved, or with `--until-done` when tasks remain. */
export async function runForeground(
  paths: ReturnType<typeof openWorkspace>,
  overrides: Overrides,
  json: boolean,
): Promise<number> {
  const running = await compose(paths, overrides, {
    onLines: (lines, state) => {
      for (const text of json ? lines.map((line) => JSON.stringify(line)) : storyOf(lines, state)) console.log(text);
    },
  });
  let asked = 0;
  const stop = () => {
    asked += 1;
    if (asked > 1) process.exit(130);
    if (!json) console.log('stopping; Ctrl-C again leaves at once (oompa stop then finishes it)');
    void running.supervisor.dispatch({ type: 'swarm.stop-asked', by: 'operator' });
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  try {
    const state = await running.supervisor.ended;
    if (!json) console.log(`\n${summaryTable(state)}`);
    return overallCode(state);
  } finally {
    await running.release();
  }
}
