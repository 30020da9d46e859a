// Lends our terminal to another program.
import { spawn } from 'node:child_process';
import { exitCodes } from '../core/errors.ts';

/** Runs a program on our terminal until it ends; gives its exit code. */
export function runOnTerminal(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const [program = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, ...env } });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? exitCodes.failed));
  });
}
