// Programs as facts: where one is, whether it can be run, and what it says when asked a short question.
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { messageOf } from '../core/errors.ts';
import type { HarnessCheck, Launch } from './contract.ts';

/** The program to start. A worktree holds the worker's own edits: a relative path is one of the main checkout. */
export function programPath(bin: string, root: string): string {
  return bin.includes('/') ? resolve(root, bin) : bin;
}

/** What is wrong with a program, or null. `install`: what to do when it is nowhere. */
export async function troubleWith(
  program: string,
  install = 'install it, or give its path',
): Promise<{ problem: string; hint: string } | null> {
  if (isAbsolute(program)) {
    if (await isProgram(program)) return null;
    if (!(await isFile(program))) return { problem: `no file ${program}`, hint: 'mend the path in the config' };
    return { problem: `${program} is not executable`, hint: `make it executable: chmod +x ${program}` };
  }
  return (await findProgram(program)) ? null : { problem: `no program ${program}`, hint: install };
}

/** Absolute path of a program, as PATH finds it; null when it is nowhere. */
export async function findProgram(program: string): Promise<string | null> {
  const folders = isAbsolute(program) ? ['/'] : (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  for (const folder of folders) {
    const path = join(folder, program);
    if (await isProgram(path)) return path;
  }
  return null;
}

export interface Answer {
  ok: boolean;
  /** stdout. */
  text: string;
  problem: string;
}

/** Runs a program that should answer at once and end. Never rejects. */
export function ask(program: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Answer> {
  return new Promise((done) => {
    const options = { env: { ...process.env, ...env }, timeout: 60_000, killSignal: 'SIGKILL' as const };
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      const problem = error ? stderr.trim().split('\n').at(-1) || messageOf(error) : '';
      done({ ok: error === null, text: stdout, problem });
    });
    child.stdin?.on('error', () => {}).end();
  });
}

/** The check that the CLIs share: the program is there and tells its version. `install`: the command that installs it. */
export async function checkCli(
  { bin, root }: Launch,
  env: Readonly<Record<string, string>>,
  install: string,
): Promise<HarnessCheck> {
  const program = programPath(bin, root);
  const trouble = await troubleWith(program, `install it: ${install}`);
  if (trouble) return { ok: false, version: null, ...trouble };
  const { ok, text, problem } = await ask(program, ['--version'], env);
  if (!ok) {
    const failed = `${program} --version failed: ${problem}`;
    return { ok, version: null, problem: failed, hint: `install it again: ${install}` };
  }
  const [version = null] = /\d+\.\d+\.\d[\w.-]*/.exec(text) ?? [];
  return { ok, version, problem: null, hint: null };
}

async function isProgram(path: string): Promise<boolean> {
  const allowed = await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
  return allowed && isFile(path);
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}
