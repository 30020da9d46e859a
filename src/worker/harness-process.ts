// One harness process with all that it starts: its own session, its limits, and an end after which nothing of it is left.
import { type ChildProcess, spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { errnoOf, messageOf } from '../core/errors.ts';
import { killGroup, sweepTagged } from '../disk/process.ts';

export interface HarnessSpec {
  argv: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  stdin: string;
  /** The value of OOMPA_TURN in `env`: what of the process escapes its group is found by it. */
  tag: string;
  idleMs: number;
  totalMs: number;
  /** From TERM to KILL. */
  graceMs: number;
  /** While a chunk is being worked on no more is read: the process waits, memory does not grow. Must not throw. */
  onStdout(chunk: Buffer): Promise<void>;
  onStderr(chunk: Buffer): Promise<void>;
  /** Something of it could not be ended. */
  onTrouble(error: unknown): void;
}

/** Who ended it. `exit`: itself. `over`: it was done and hung on. */
export type EndedBy = 'exit' | 'idle' | 'total' | 'over' | 'stop';

export interface HarnessEnd {
  by: EndedBy;
  code: number | null;
  signal: string | null;
  /** Why it could not be started; null when it was. */
  spawnError: string | null;
}

export interface HarnessProcess {
  /** Never rejects. Resolves when its output is read and nothing of it runs any more. */
  readonly done: Promise<HarnessEnd>;
  /** TERM to the whole group, KILL after the grace. The first reason stays. */
  end(by: EndedBy): void;
  /** KILL to the whole group, now. */
  kill(): void;
}

export function startHarness(spec: HarnessSpec): HarnessProcess {
  let child: ChildProcess | null = null;
  let by: EndedBy = 'exit';
  let killing = false;

  const end = (reason: EndedBy) => {
    if (by !== 'exit') return;
    by = reason;
    if (child?.pid) killGroup(child.pid, { graceMs: spec.graceMs }).catch(spec.onTrouble);
  };
  const kill = () => {
    if (by === 'exit') by = 'stop';
    killing = true;
    if (child?.pid) killNow(child.pid);
  };

  const run = async (): Promise<HarnessEnd> => {
    if (!(await isFolder(spec.cwd))) return notStarted(`the worktree ${spec.cwd} is gone`);
    if (by !== 'exit') return { by, code: null, signal: null, spawnError: null };
    const [program = '', ...args] = spec.argv;
    child = spawn(program, args, { cwd: spec.cwd, env: spec.env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    const exited = exitOf(child);
    const failed = await new Promise<unknown>((resolve) =>
      child?.once('spawn', () => resolve(null)).once('error', resolve),
    );
    if (failed || !child.pid || !child.stdin || !child.stdout || !child.stderr)
      return notStarted(reasonOf(failed, program));

    // A program need not read its prompt: EPIPE is its right.
    child.stdin.on('error', () => {}).end(spec.stdin);
    const clock = watchClock(spec, end);
    const drained = Promise.all([
      pump(child.stdout, clock.heard, spec.onStdout),
      pump(child.stderr, clock.heard, spec.onStderr),
    ]);
    const { code, signal } = await exited;
    clock.stop();
    const graceMs = killing ? 0 : spec.graceMs;
    await killGroup(child.pid, { graceMs }).catch(spec.onTrouble);
    await sweepTagged('OOMPA_TURN', spec.tag, { graceMs }).catch(spec.onTrouble);
    await drainOrLeave(drained, child, clock.heardAt);
    return { by, code, signal, spawnError: null };
  };

  return { done: run(), end, kill };
}

function exitOf(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
}

function notStarted(spawnError: string): HarnessEnd {
  return { by: 'exit', code: null, signal: null, spawnError };
}

function reasonOf(error: unknown, program: string): string {
  if (errnoOf(error) === 'ENOENT') return `no program ${program}: install it, or mend the worker's model`;
  if (errnoOf(error) === 'EACCES') return `${program} cannot be run: chmod +x ${program}`;
  return `${program} could not be started: ${messageOf(error)}`;
}

const isFolder = (path: string) =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

function killNow(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

/** Longest span that setTimeout takes. */
const longestMs = 2 ** 31 - 1;

/** Ends the process when it is silent for `idleMs` or runs for `totalMs`. Spans are of the monotonic clock. */
function watchClock({ idleMs, totalMs }: HarnessSpec, end: (by: EndedBy) => void) {
  let heardAt = performance.now();
  let looks = 0;
  // Silence counts only when a second look confirms it: after a SIGSTOP or a busy spell the output waits unread in the pipe.
  const secondLookMs = Math.min(1_000, idleMs / 10);
  const look = () => {
    const leftMs = heardAt + idleMs - performance.now();
    if (leftMs > 0) looks = 0;
    else if (++looks === 2) return end('idle');
    idle = setTimeout(look, Math.min(Math.max(leftMs, secondLookMs), longestMs));
  };
  let idle = setTimeout(look, Math.min(idleMs, longestMs));
  const total = setTimeout(() => end('total'), Math.min(totalMs, longestMs));
  return {
    heard: () => {
      heardAt = performance.now();
    },
    heardAt: () => heardAt,
    stop: () => {
      clearTimeout(idle);
      clearTimeout(total);
    },
  };
}

async function pump(stream: Readable, heard: () => void, onChunk: (chunk: Buffer) => Promise<void>): Promise<void> {
  try {
    for await (const chunk of stream) {
      heard();
      await onChunk(chunk as Buffer);
      heard();
    }
  } catch {
    // The pipe was left (see drainOrLeave) or broke: what was read is all there is.
  }
}

/** Reads what is left. A stranger that shed our tags may hold the pipe open for ever: after a second of silence it is left. */
async function drainOrLeave(drained: Promise<unknown>, child: ChildProcess, heardAt: () => number): Promise<void> {
  const started = performance.now();
  for (let open = true; open; ) {
    const wait = new Promise<boolean>((resolve) => setTimeout(resolve, 250, true));
    open = await Promise.race([drained.then(() => false), wait]);
    if (open && performance.now() - Math.max(started, heardAt()) > 1_000) break;
  }
  child.stdout?.destroy();
  child.stderr?.destroy();
  await drained;
}
