// Processes as facts: who lives, and how a group of them is ended. Identity is pid + start time + boot, never the pid alone.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { EffectError, errnoOf } from '../core/errors.ts';

const linux = process.platform === 'linux';

/** Names one process for as long as the machine runs, and never another one. */
export interface ProcessIdentity {
  pid: number;
  /** Start time as the system tells it; compared, never read. */
  start: string;
  /** Which boot of the machine; empty where start times are absolute. */
  boot: string;
}

/** The start time of a running process, or null when there is none; a zombie does not run any more. */
export function processStart(pid: number): string | null {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  if (linux) return factsOf(pid)?.start ?? null;
  try {
    const [state = '', ...start] = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/);
    return state.startsWith('Z') || start.length === 0 ? null : start.join(' ');
  } catch {
    return null;
  }
}

/** Names the boot of this machine; the same for all processes until it restarts. */
export function bootId(): string {
  return linux ? readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() : '';
}

/** The identity of a running process, by default this one. Throws EffectError `no-process`. */
export function identityOf(pid: number = process.pid): ProcessIdentity {
  const start = processStart(pid);
  if (start === null) throw new EffectError({ code: 'no-process', message: `there is no process ${pid}` });
  return { pid, start, boot: bootId() };
}

/** Whether exactly this process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identity.boot === bootId() && processStart(identity.pid) === identity.start;
}

export interface EndOptions {
  /** How long processes may take to end after TERM before they are killed. Default 5,000. */
  graceMs?: number;
}

/**
 * Ends a process group: TERM, then KILL to what is left after the grace. Resolves when nothing of it runs; a group that is gone is
 * no error. Throws EffectError `not-ours` (not permitted, or our own group) or `unkillable`.
 */
export async function killGroup(group: number, { graceMs = 5_000 }: EndOptions = {}): Promise<void> {
  if (!Number.isInteger(group) || group <= 1 || group === factsOf(process.pid)?.group || group === process.pid) {
    throw new EffectError({ code: 'not-ours', message: `refused to end process group ${group}` });
  }
  await end(
    { send: (signal) => signalTo(-group, signal), gone: () => groupIsGone(group) },
    graceMs,
    `process group ${group}`,
  );
}

/**
 * Ends every process whose environment holds NAME=value, but never this one or its ancestors: TERM, then KILL after the grace, again until
 * none is found. Returns the pids that were ended. Linux only; elsewhere it finds none.
 */
export async function sweepTagged(
  name: string,
  value: string,
  { graceMs = 5_000 }: EndOptions = {},
): Promise<number[]> {
  const ended = new Set<number>();
  for (let round = 0; round < 10; round += 1) {
    const found = findTagged(name, value);
    if (found.length === 0) break;
    for (const each of found) ended.add(each.pid);
    const send = (signal: NodeJS.Signals) => {
      for (const each of found) if (isAlive(each)) signalTo(each.pid, signal);
    };
    await end({ send, gone: () => !found.some(isAlive) }, graceMs, `processes tagged ${name}`);
  }
  return [...ended];
}

/** Processes whose environment holds NAME=value, without this one and its ancestors. Linux only; elsewhere none. */
export function findTagged(name: string, value: string): ProcessIdentity[] {
  const spared = new Set(ancestors(process.pid));
  const boot = linux ? bootId() : '';
  const tag = `${name}=${value}`;
  return allPids().flatMap((pid) => {
    if (spared.has(pid) || !environmentOf(pid).includes(tag)) return [];
    const start = processStart(pid);
    return start === null ? [] : [{ pid, start, boot }];
  });
}

/** Waits until `isDone` says so, asking every few milliseconds; false when it never did within `withinMs`. */
export async function waitUntil(isDone: () => boolean, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  for (let pauseMs = 2; !isDone(); pauseMs = Math.min(pauseMs * 2, 100)) {
    if (performance.now() >= deadline) return false;
    await sleep(pauseMs);
  }
  return true;
}

interface Ending {
  send(signal: NodeJS.Signals): void;
  gone(): boolean;
}

async function end(target: Ending, graceMs: number, what: string): Promise<void> {
  if (target.gone()) return;
  target.send('SIGTERM');
  // A stopped process does not hear TERM before it goes on.
  target.send('SIGCONT');
  if (await waitUntil(target.gone, graceMs)) return;
  target.send('SIGKILL');
  if (await waitUntil(target.gone, 5_000)) return;
  throw new EffectError({
    code: 'unkillable',
    message: `${what} does not end, not even by KILL`,
    hint: 'it probably hangs in the kernel (a dead network file system?); look at it with ps',
    retryable: true,
  });
}

function signalTo(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(target, signal);
  } catch (error) {
    if (errnoOf(error) === 'ESRCH') return false;
    throw new EffectError({ code: 'not-ours', message: `may not signal process ${Math.abs(target)}`, cause: error });
  }
}

// Zombies keep a group in being until somebody reaps them, which in a container may be never: they do not count.
function groupIsGone(group: number): boolean {
  if (!signalTo(-group, 0)) return true;
  return linux && !allPids().some((pid) => factsOf(pid)?.group === group);
}

interface Facts {
  parent: number;
  group: number;
  start: string;
}

/** From /proc/<pid>/stat; the second field is the program's name and may hold anything, so reading begins after its last `)`. */
function factsOf(pid: number): Facts | null {
  const stat = readProc(`/proc/${pid}/stat`);
  const [state = 'X', parent, group, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const start = rest[16];
  if (start === undefined || state === 'Z' || state === 'X') return null;
  return { parent: Number(parent), group: Number(group), start };
}

function ancestors(pid: number): number[] {
  const line: number[] = [];
  for (let each = pid; each > 0; each = factsOf(each)?.parent ?? 0) line.push(each);
  return line;
}

function allPids(): number[] {
  if (!linux) return [];
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}

function environmentOf(pid: number): string[] {
  return readProc(`/proc/${pid}/environ`).split('\0');
}

function readProc(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
