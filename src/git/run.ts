// Starts git: an argument array, an environment made from scratch, and nothing a worker could have planted in between.
import { spawn } from 'node:child_process';
import { clean } from '../core/clean.ts';
import { EffectError, errnoOf } from '../core/errors.ts';

/** Where a git command works: its folder, and the GIT_… variables that say so. GIT_DIR is always among them. */
export interface Place {
  cwd: string;
  env: Readonly<Record<string, string>>;
}

export interface RunOptions {
  input?: string | Buffer;
  /** Exit codes that are answers, not errors. Default: 0. */
  ok?: readonly number[];
  /** `-c` settings for this call. */
  config?: readonly string[];
  /** Added to the environment: dates, identities. */
  env?: Readonly<Record<string, string>>;
  /** Sees the output as it comes, instead of collecting it; false ends git, which then counts as a success. */
  onData?: (chunk: Buffer) => boolean;
  /** Default ten minutes: far longer than any git call takes, so that nothing waits for ever. */
  timeoutMs?: number;
}

export interface Ran {
  code: number;
  out: Buffer;
}

/** Runs git. Throws EffectError `git-failed`, or a more telling code where git's words allow one. */
export function runGit(place: Place, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { input, ok = [0], config = [], onData, timeoutMs = 10 * 60_000 } = options;
  const { promise, resolve, reject } = Promise.withResolvers<Ran>();
  const child = spawn('git', argumentsOf(args, config), {
    cwd: place.cwd,
    env: environmentOf(place, options.env),
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  const out: Buffer[] = [];
  const words: Buffer[] = [];
  let heard = 0;
  let enough = false;
  child.stdout?.on('data', (chunk: Buffer) => {
    if (!onData) out.push(chunk);
    else if (!enough && !onData(chunk)) {
      enough = true;
      child.kill('SIGKILL');
    }
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    if (heard < 65_536) words.push(chunk);
    heard += chunk.length;
  });
  // git may end before it has read everything; its exit code tells why.
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  child.on('error', (error) => reject(notStarted(error, place)));
  child.on('close', (code, signal) => {
    if (enough || (code !== null && ok.includes(code))) resolve({ code: code ?? 0, out: Buffer.concat(out) });
    else reject(explain(args, Buffer.concat(words).toString('utf8'), code, signal));
  });
  return promise;
}

/** Runs git and gives its output as one trimmed line of text: an object name, mostly. */
export async function askGit(place: Place, args: readonly string[], options: RunOptions = {}): Promise<string> {
  return (await runGit(place, args, options)).out.toString('utf8').trim();
}

/** Runs git and gives its NUL-separated output as byte strings (see bytes.ts). */
export async function listGit(place: Place, args: readonly string[], options: RunOptions = {}): Promise<string[]> {
  const fields = (await runGit(place, args, options)).out.toString('latin1').split('\0');
  if (fields.at(-1) === '') fields.pop();
  return fields;
}

// Given on the command line, where no configuration file can undo it.
const alwaysOff = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'protocol.allow=never',
];

/** The arguments of git with the settings that are always given. */
export function argumentsOf(args: readonly string[], config: readonly string[] = []): string[] {
  return [...[...alwaysOff, ...config].flatMap((each) => ['-c', each]), ...args];
}

/** The whole environment of a git. */
export function environmentOf(place: Place, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { ...fromScratch(), ...place.env, ...more };
}

function fromScratch(): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_PAGER: 'cat',
  };
}

// What git says → what it means for whoever reads the error.
const meanings: readonly { says: RegExp; code: string; hint: string; retryable: boolean }[] = [
  {
    says: /No space left on device|Disk quota exceeded/,
    code: 'enospc',
    hint: 'the disk is full: free some space; nothing was lost',
    retryable: true,
  },
  {
    says: /Unable to create '.*\.lock': File exists|cannot lock ref/s,
    code: 'git-locked',
    hint: 'another git works here, or one was killed and left its .lock file; remove that file when no git runs',
    retryable: true,
  },
  {
    says: /bad object|unable to read tree|missing blob|loose object .* is corrupt|not a valid object|Could not read/,
    code: 'git-object-missing',
    hint: 'the object store is damaged or was pruned: run git fsck in the repository',
    retryable: false,
  },
  {
    says: /refusing to merge unrelated histories/,
    code: 'git-unrelated',
    hint: 'the work does not descend from the base branch; the worker has to rebase it',
    retryable: false,
  },
];

function explain(args: readonly string[], stderr: string, code: number | null, signal: string | null): EffectError {
  const meaning = meanings.find(({ says }) => says.test(stderr));
  const lines = clean(stderr, { lines: true, maxLine: 300 }).split('\n').filter(Boolean).slice(0, 5);
  const how = signal ? `was ended by ${signal}` : `failed with exit code ${code}`;
  return new EffectError({
    code: meaning?.code ?? 'git-failed',
    message: `git ${args[0]} ${how}${lines.length > 0 ? `: ${lines.join('; ')}` : ''}`,
    hint: meaning?.hint,
    retryable: meaning?.retryable ?? signal !== null,
  });
}

function notStarted(error: Error, { cwd }: Place): EffectError {
  const missing = errnoOf(error) === 'ENOENT';
  return new EffectError({
    code: 'git-failed',
    message: `git was not started in ${clean(cwd)}: ${error.message}`,
    hint: missing ? 'install git 2.38 or newer, and see that the folder is still there' : undefined,
    retryable: true,
    cause: error,
  });
}
