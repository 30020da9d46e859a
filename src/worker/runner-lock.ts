// One runner a worker: two would take each other's unanswered turn for one of a former life.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../core/errors.ts';
import { acquireLock, type Lock } from '../disk/lock.ts';
import type { Paths } from '../disk/paths.ts';
import type { Screen } from './screen.ts';

/** A runner that lost its pane needs its grace to end the harness. */
const patienceMs = 15_000;

/** Waits for a former runner that is just ending; throws its Refusal when that one lives on. */
export async function takeRunnerLock(paths: Paths, worker: string, screen: Screen): Promise<Lock> {
  const started = performance.now();
  for (let said = false; ; said = true) {
    try {
      return await acquireLock(join(paths.worker(worker), 'lock'), { role: `runner of ${worker}` });
    } catch (error) {
      if (!(error instanceof Refusal) || performance.now() - started > patienceMs) throw error;
      if (!said) screen.dim(`${error.message}; waiting for its end`);
      await sleep(250);
    }
  }
}
