// The built program as a person starts it, and fresh repositories for it to work on.
import { execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const checkout = join(import.meta.dirname, '..');
export const oompa = [process.execPath, join(checkout, 'dist', 'oompa.js')] as const;

const made: string[] = [];
process.on('exit', () => {
  for (const each of made) rmSync(each, { recursive: true, force: true });
});

/** A folder that goes when the bench ends. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'oompa-bench-'));
  made.push(folder);
  return folder;
}

/** Runs git in a folder under no configuration but the repository's own. */
export function git(folder: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: folder, env: gitEnv, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

export const gitEnv: NodeJS.ProcessEnv = {
  ...process.env,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
};

/** A repository with a commit of `files` small files in folders of 100. */
export function makeRepository(files: number): string {
  const folder = tempFolder();
  git(folder, 'init', '-q', '-b', 'main');
  git(folder, 'config', 'user.name', 'bench');
  git(folder, 'config', 'user.email', 'bench@localhost');
  for (let at = 0; at < files; at += 1) {
    const place = join(folder, `d${Math.floor(at / 100)}`);
    if (at % 100 === 0) mkdirSync(place, { recursive: true });
    writeFileSync(join(place, `f${at}.txt`), `file ${at}\n${'some words of a file\n'.repeat(10)}`);
  }
  git(folder, 'add', '-A');
  git(folder, 'commit', '-q', '-m', 'start');
  return folder;
}

/** Runs a program to its end; its exit code. */
export function run(argv: readonly string[], options: SpawnOptions): Promise<number> {
  const [program = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    spawn(program, args, options)
      .on('error', reject)
      .on('exit', (code) => resolve(code ?? 128));
  });
}
