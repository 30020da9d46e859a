// A real repository in a fresh folder, and the git of a person in it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Check } from '../../src/core/config.ts';
import { excludeFromGit } from '../../src/disk/exclude.ts';
import { findRepo, type Paths, pathsOf } from '../../src/disk/paths.ts';
import type { Git } from '../../src/git/contract.ts';
import { createGit } from '../../src/git/git.ts';
import { swarm } from './swarm.ts';

export interface TestRepo {
  root: string;
  paths: Paths;
  git: Git;
  notices: string[];
  /** The person's own git, in `cwd` (default: the root). Throws on failure. */
  run(args: readonly string[], options?: { cwd?: string; input?: string }): string;
  /** Writes files into the root, or into `folder`. */
  write(files: Readonly<Record<string, string>>, folder?: string): void;
  /** Another process' view: nothing remembered. */
  again(swarm?: string): Git;
  sha(name: string): string;
}

export const at = '2026-01-02T03:04:05.000Z';
export { swarm } from './swarm.ts';

export const environment: Record<string, string> = {
  PATH: process.env.PATH ?? '',
  HOME: '/nonexistent',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  LC_ALL: 'C',
};

export function freshFolder(name: string): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `oompa-${name}-`)));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

export async function makeRepo(
  files: Readonly<Record<string, string>> = { 'a.txt': 'a\n', 'b.txt': 'b\n', 'dir/c.txt': 'c\n' },
  { branch = 'main', bits = [] as readonly string[] } = {},
): Promise<TestRepo> {
  const root = freshFolder('git');
  const run: TestRepo['run'] = (args, options = {}) => runAs(options.cwd ?? root, args, options.input);
  run(['init', '--quiet', '--template=', `--initial-branch=${branch}`, ...bits]);
  run(['config', 'user.name', 'Operator']);
  run(['config', 'user.email', 'operator@example.org']);
  const write: TestRepo['write'] = (each, folder = root) => writeFiles(folder, each);
  write(files);
  run(['add', '-A']);
  run(['commit', '--quiet', '--allow-empty', '-m', 'start']);
  const paths = pathsOf(findRepo(root));
  await excludeFromGit(paths);
  const notices: string[] = [];
  const again = (id = swarm) =>
    createGit({ paths, swarm: id, baseBranch: branch, notice: (text) => notices.push(text) });
  return { root, paths, git: again(), notices, run, write, again, sha: (name) => run(['rev-parse', '--verify', name]) };
}

export function runAs(cwd: string, args: readonly string[], input?: string): string {
  const { status, stdout, stderr, error } = spawnSync('git', args, {
    ...{ cwd, input: input ?? '', env: environment, encoding: 'utf8', maxBuffer: 1 << 28 },
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout.trim();
}

export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** Work of a worker as a change: made in its worktree, committed by oompa. */
export async function makeChange(
  repo: TestRepo,
  worker: string,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const { path } = await repo.git.prepareWorktree(worker, await repo.git.baseSha());
  writeFiles(path, files);
  const committed = await repo.git.commitWork(worker, message(worker));
  if (!committed) throw new Error('nothing to commit');
  return committed.head;
}

export function message(worker: string, tasks: readonly string[] = ['t1']): string {
  return `Work from oompa/${worker}\n\n${tasks.map((task) => `Oompa-Task: ${task}\n`).join('')}Oompa-Worker: ${worker}\n`;
}

/** Integrates onto the base as it is now; the merge must be clean. */
export async function merge(repo: TestRepo, head: string, checks: readonly Check[] = []) {
  const base = await repo.git.baseSha();
  const result = await repo.git.integrate({
    head,
    base,
    message: message('merge'),
    at,
    checks,
    checkTimeoutMs: 30_000,
  });
  if (result.kind !== 'merged') throw new Error(`conflict in ${result.files.join(', ')}`);
  return result;
}
