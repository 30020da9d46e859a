// A worker's place in a folder of its own: real Maildirs, a real runner process, and turns sent as lead would.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished, vi } from 'vitest';
import { type Turn, TurnResult, turnTag, WorkerLive } from '../../src/core/turn.ts';
import { type Paths, pathsOf } from '../../src/disk/paths.ts';
import { findTagged, sweepTagged } from '../../src/disk/process.ts';
import type { Received } from '../../src/mail/contract.ts';
import { createPost } from '../../src/mail/post.ts';

// Each test starts a program or two, on machines that may be busy with others.
vi.setConfig({ testTimeout: 90_000 });

const main = fileURLToPath(new URL('runner-main.ts', import.meta.url));

export async function createWorkplace() {
  // Its own: what one test sweeps must not be another's.
  const swarm = randomBytes(4).toString('hex');
  const root = await mkdtemp(join(tmpdir(), 'oompa-worker-'));
  const paths = pathsOf({ root, gitDir: join(root, '.git') });
  const post = createPost({ root: paths.mail, sync: false });
  await mkdir(paths.tree('w0'), { recursive: true });
  for (const address of ['lead', 'w0']) await post.open(address);
  const runners: ChildProcess[] = [];
  onTestFinished(async () => {
    for (const each of runners) each.kill('SIGKILL');
    await sweepTagged('OOMPA_ROOT', root, { graceMs: 0 });
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  });

  const send = async (patch: Partial<Turn> = {}): Promise<Turn> => {
    const turn = turnOf(paths, { swarm, ...patch });
    const key = `${turn.turn}-${swarm}`;
    await post.deliver({ from: 'lead', to: ['w0'], subject: turn.turn, body: JSON.stringify(turn), type: 'turn', key });
    return turn;
  };
  const answers = async (): Promise<TurnResult[]> => {
    const mail = await post.peek('lead', { type: 'turn-result' });
    return mail.map(({ message }) => TurnResult.parse(JSON.parse(message.body)));
  };
  /** What follows `node` to start a runner here. */
  const runnerArguments = (options: object = {}) => {
    return [main, JSON.stringify({ root, worker: 'w0', swarm, graceMs: 500, ...options })];
  };
  return {
    root,
    swarm,
    paths,
    runnerArguments,
    post,
    send,
    answers,
    /** The one answer to this turn. */
    answer: (turn: Turn) => until(async () => (await answers()).find((each) => each.turn === turn.turn)),
    flagged: (turn: Turn) =>
      until(async () => {
        const replied = (await post.taken('w0')).filter((each) => each.flags.includes('R'));
        return replied.find((each: Received) => each.message.subject === turn.turn);
      }),
    live: async () => WorkerLive.parse(JSON.parse(await readFile(paths.status('w0'), 'utf8'))),
    left: (turn: Turn) => findTagged('OOMPA_TURN', turnTag(turn)),
    start: (
      options: {
        graceMs?: number;
        die?: string;
        swarm?: string;
        env?: Record<string, string>;
        self?: readonly string[];
      } = {},
    ) => {
      const { env = {}, ...rest } = options;
      const runner = startRunner(runnerArguments(rest), env);
      runners.push(runner.child);
      return runner;
    },
  };
}

export type Workplace = Awaited<ReturnType<typeof createWorkplace>>;

function turnOf(paths: Paths, patch: Partial<Turn> & { swarm: string }): Turn {
  return {
    turn: 'w0-t1',
    worker: 'w0',
    kind: 'work',
    prompt: 'do something',
    cwd: paths.tree('w0'),
    model: 'command:cat',
    alias: null,
    drive: 'print',
    permissions: 'skip',
    conversation: null,
    readOnly: false,
    timeouts: { idleMs: 60_000, totalMs: 60_000 },
    ...patch,
  };
}

function startRunner(argv: string[], env: Record<string, string>) {
  const child = spawn(process.execPath, argv, { stdio: 'pipe', env: { ...process.env, ...env } });
  let shown = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      shown = (shown + text).slice(-1_000_000);
    });
  }
  child.stdin.on('error', () => {});
  return {
    child,
    /** What the pane shows, its last megabyte. */
    shown: () => shown,
    shows: (text: string) => until(async () => shown.includes(text)),
    type: (line: string) => child.stdin.write(`${line}\n`),
    exited: new Promise<{ code: number | null; signal: string | null }>((resolve) =>
      child.once('exit', (code, signal) => resolve({ code, signal })),
    ),
  };
}

/** Waits for a condition and returns its value; the test's own timeout is the limit. */
export async function until<T>(ask: () => Promise<T> | T): Promise<Exclude<T, null | undefined | false | ''>> {
  for (;;) {
    const value = await ask();
    if (value) return value as Exclude<T, null | undefined | false | ''>;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A model string that runs a shell script: what follows `sh -c` as one word. */
export function sh(script: string): string {
  return `command:sh -c '${script.replaceAll("'", `'\\''`)}'`;
}
