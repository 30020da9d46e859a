// Which backend panes live in: what the operator wants, as far as this machine has it.
import { execFile } from 'node:child_process';
import { exitCodes, Refusal } from '../core/errors.ts';
import type { PaneBackend } from './contract.ts';

export interface Choice {
  kind: PaneBackend['kind'];
  /** For people: why it is not tmux although that was possible to wish; null when nothing needs to be said. */
  reason: string | null;
}

const oldest = [3, 2] as const;

/** `auto` is tmux where it is 3.2 or newer, else pty with the reason. Throws a Refusal when tmux is demanded and cannot be had. */
export async function choosePanes(
  wanted: 'auto' | PaneBackend['kind'],
  { env = process.env }: { env?: NodeJS.ProcessEnv } = {},
): Promise<Choice> {
  if (wanted === 'pty' || wanted === 'memory') return { kind: wanted, reason: null };
  const problem = problemOf(await tmuxVersion(env));
  if (!problem) return { kind: 'tmux', reason: null };
  if (wanted === 'auto') return { kind: 'pty', reason: `${problem}: panes are embedded and end with this program` };
  throw new Refusal(problem, {
    hint: `install tmux ${oldest.join('.')} or newer, or let panes be "auto"`,
    exitCode: exitCodes.unavailable,
  });
}

function tmuxVersion(env: NodeJS.ProcessEnv): Promise<string | null> {
  return new Promise((resolve) => {
    execFile('tmux', ['-V'], { env, timeout: 5_000 }, (error, stdout) => resolve(error ? null : stdout.trim()));
  });
}

function problemOf(version: string | null): string | null {
  if (version === null) return 'tmux is not installed';
  // `tmux 3.3a`, `tmux next-3.6`; `tmux master` and `tmux openbsd-7.6` are newer than any of them.
  const numbers = /^tmux (?:next-)?(\d+)\.(\d+)/.exec(version);
  if (!numbers) return null;
  const [major, minor] = [Number(numbers[1]), Number(numbers[2])];
  const old = major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
  return old ? `${version} is too old` : null;
}
