// Starts a supervisor in the background and waits until it really runs, or tells why it does not.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { exitCodes, Refusal } from '../core/errors.ts';
import { makeFolder } from '../disk/durable.ts';
import { followJournal } from '../disk/journal-follow.ts';
import { readJournal } from '../disk/journal-read.ts';
import type { Paths } from '../disk/paths.ts';
import { selfCommand } from './entry.ts';
import { currentSwarm, liveSupervisor } from './workspace.ts';

const startWithinSeconds = 30;
/** Lines of its log that are told when it fails. */
const mostLines = 120;

/**
 * Resolves to the swarm's id once the new supervisor has written that it started. Throws a Refusal with what it said when it ended, or when
 * the start takes longer than `withinSeconds`.
 */
export async function startDetached(
  paths: Paths,
  flags: readonly string[],
  withinSeconds = startWithinSeconds,
): Promise<{ swarm: string; pid: number }> {
  await makeFolder(paths.home);
  const logEnd = statSync(paths.log, { throwIfNoEntry: false })?.size ?? 0;
  const before = currentSwarm(paths);
  const journalEnd = before === null ? 0 : readJournal(paths.journal(before)).end;
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
  let followed: { swarm: string; started: boolean; stop(): void } | null = null;
  try {
    for (const deadline = performance.now() + withinSeconds * 1_000; ; await sleep(20)) {
      if (over !== null) {
        throw new Refusal(saidSince(paths, logEnd) || 'the supervisor ended while starting', {
          hint: `its log: ${paths.log}`,
          exitCode: over as typeof exitCodes.software,
        });
      }
      // With the lock it names its swarm, and its journal is then followed from where it ended.
      const swarm = liveSupervisor(paths)?.pid === child.pid ? currentSwarm(paths) : null;
      if (swarm !== null && followed?.swarm !== swarm) {
        followed?.stop();
        followed = follow(paths, swarm, swarm === before ? journalEnd : 0, child.pid);
      }
      if (followed?.started && child.pid !== undefined) {
        child.unref();
        return { swarm: followed.swarm, pid: child.pid };
      }
      if (performance.now() > deadline) {
        throw new Refusal(
          `the supervisor did not start within ${withinSeconds} s\n${saidSince(paths, logEnd)}`.trim(),
          {
            hint: `its log: ${paths.log}`,
            exitCode: exitCodes.tempfail,
          },
        );
      }
    }
  } finally {
    followed?.stop();
  }
}

/** Looks for the line with which the process `pid` says that it has started. */
function follow(paths: Paths, swarm: string, from: number, pid: number | undefined) {
  const followed = { swarm, started: false, stop: () => {} };
  followed.stop = followJournal(
    paths.journal(swarm),
    (lines) => {
      followed.started ||= lines.some(({ event }) => event.type === 'supervisor.started' && event.pid === pid);
    },
    { from },
  );
  return followed;
}

function saidSince(paths: Paths, offset: number): string {
  const text = readFileSync(paths.log).subarray(offset).toString().trim();
  return text
    .replace(/^oompa: /, '')
    .split('\n')
    .slice(-mostLines)
    .join('\n');
}
