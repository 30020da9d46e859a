// Runs the built program as a person would: another process, in a folder, with an environment of its own.
import { join } from 'node:path';
import { execa } from 'execa';

export const checkout = join(import.meta.dirname, '..', '..');
export const entry = join(checkout, 'dist', 'oompa.js');

/** Our environment without what another oompa, git or tmux around us left in it. */
export function plainEnv(extra: Record<string, string | undefined> = {}): Record<string, string | undefined> {
  const own = Object.entries(process.env).filter(([name]) => !/^(OOMPA|GIT|TMUX|npm|NODE_|VITEST)/.test(name));
  return { ...Object.fromEntries(own), NO_COLOR: '1', ...extra };
}

export interface Ended {
  code: number | undefined;
  out: string;
  err: string;
}

/** Runs `oompa <args>` to its end. Stdin is closed, so it never is a terminal. */
export async function oompa(
  args: readonly string[],
  options: { cwd: string; env?: Record<string, string | undefined>; node?: string },
): Promise<Ended> {
  const { node = process.execPath } = options;
  const { exitCode, stdout, stderr } = await execa(node, [entry, ...args], {
    cwd: options.cwd,
    env: plainEnv(options.env),
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    timeout: 90_000,
  });
  return { code: exitCode, out: stdout, err: stderr };
}
