// Starts a supervisor in the background and waits until it really runs, or tells why it does not.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { exitCodes, Refusal } from '../core/errors.ts';
import { makeFolder } from '../disk/durable.ts';
import type { Paths } from '../disk/paths.ts';
import { selfCommand } from './entry.ts';
import { liveSupervisor, readLatest } from './workspace.ts';

const startWithinMs = 30_000;

/** Resolves to the swarm's id once the new supervisor has written that it started. Throws a Refusal with what it said when it ended. */
export async function startDetached(paths: Paths, flags: readonly string[]): Promise<{ swarm: string; pid: number }> {
  await makeFolder(paths.home);
  const before = statSync(paths.log, { throwIfNoEntry: false })?.size ?? 0;
  const log = openSync(paths.log, 'a', 0o600);
  const [program = '', ...args] = selfCommand('supervise', ...flags);
  const child = spawn(program, args, { cwd: paths.root, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  let over: number | null = null;
  child.on('exit', (code) => {
    over = code ?? exitCodes.software;
  });
  child.on('error', () => {
    over = exitCodes.software;
  });
  const deadline = performance.now() + startWithinMs;
  for (;;) {
    if (over !== null) {
      const said = readFileSync(paths.log)
        .subarray(before)
        .toString()
        .trim()
        .replace(/^oompa: /, '');
      throw new Refusal(said || 'the supervisor ended while starting', {
        hint: `its log: ${paths.log}`,
        exitCode: over as typeof exitCodes.software,
      });
    }
    const owner = liveSupervisor(paths);
    if (owner && owner.pid === child.pid) {
      const latest = readLatest(paths);
      if (latest?.state.swarm?.pid === child.pid) {
        child.unref();
        return { swarm: latest.swarm, pid: owner.pid };
      }
    }
    if (performance.now() > deadline) {
      throw new Refusal('the supervisor did not start in time', {
        hint: `its log: ${paths.log}`,
        exitCode: exitCodes.tempfail,
      });
    }
    await sleep(20);
  }
}
