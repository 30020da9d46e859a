// The parts that `oompa check` tries, each a small round trip that leaves nothing behind.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Config } from '../core/config.ts';
import { EffectError } from '../core/errors.ts';
import { seatsOf } from '../core/seats/kinds.ts';
import { usable } from '../disk/config.ts';
import { makeFolder } from '../disk/durable.ts';
import type { Paths } from '../disk/paths.ts';
import { detectBase } from '../git/base.ts';
import { createGit } from '../git/git.ts';
import { harnessOf } from '../harnesses/registry.ts';
import { createPost } from '../mail/post.ts';
import { choosePanes } from '../panes/choose.ts';
import { createPtyPanes } from '../panes/pty.ts';
import { createTmuxPanes } from '../panes/tmux.ts';
import { inspectSettings } from './settings.ts';

export interface Checked {
  name: string;
  ok: boolean;
  detail: string;
  hint: string | null;
}

export interface Part {
  name: string;
  /** Resolves to what was found; rejects with an error whose hint says how to mend it. */
  check(): Promise<string>;
}

const oldestGit = [2, 38] as const;

export async function checkAll(paths: Paths, configFile?: string): Promise<Part[]> {
  let config: Config | null = null;
  const parts: Part[] = [
    { name: 'git', check: checkGit },
    { name: 'base branch', check: async () => showBase(paths, config?.base) },
    { name: 'worktree', check: () => checkWorktree(paths, config?.base) },
    { name: 'mail', check: checkMail },
    { name: 'panes', check: () => checkPanes(config?.panes ?? 'auto') },
  ];
  try {
    const inspected = inspectSettings(paths, configFile);
    config = inspected.config;
    const aliases = config?.harnesses ?? {};
    const models = new Set((config ? seatsOf(config) : []).map(({ spec }) => spec.model));
    return [
      { name: 'config', check: async () => usable(inspected).file ?? 'none' },
      ...parts,
      ...Array.from(models, (model) => harnessPart(model, aliases, paths.root)),
    ];
  } catch (error) {
    return [{ name: 'config', check: () => Promise.reject(error) }, ...parts];
  }
}

async function checkGit(): Promise<string> {
  const { stdout } = await promisify(execFile)('git', ['--version']).catch((cause) => {
    throw new EffectError({ code: 'no-git', message: 'git does not start', hint: 'install git', cause });
  });
  const [, major = 0, minor = 0] = /(\d+)\.(\d+)/.exec(stdout)?.map(Number) ?? [];
  if (major < oldestGit[0] || (major === oldestGit[0] && minor < oldestGit[1])) {
    throw new EffectError({
      code: 'old-git',
      message: `${stdout.trim()} is too old`,
      hint: `install git ${oldestGit.join('.')} or newer: merges are made with merge-tree --write-tree`,
    });
  }
  return stdout.trim();
}

async function showBase(paths: Paths, wanted?: string): Promise<string> {
  const { branch, sha } = await detectBase(paths, wanted);
  return `${branch} at ${sha.slice(0, 7)}`;
}

async function checkWorktree(paths: Paths, wanted?: string): Promise<string> {
  const { branch, sha } = await detectBase(paths, wanted);
  await makeFolder(paths.home);
  const git = createGit({ paths, swarm: `check-${randomBytes(3).toString('hex')}`, baseBranch: branch });
  const worker = `check-${randomBytes(3).toString('hex')}`;
  try {
    await git.prepareWorktree(worker, sha);
    return 'made, filled and removed';
  } finally {
    await git.removeWorktree(worker);
  }
}

async function checkMail(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'oompa-check-'));
  try {
    const post = createPost({ root });
    await post.deliver({ from: 'operator', to: ['lead'], subject: 'check', body: 'check', type: 'note' });
    const [received] = await post.peek('lead');
    if (!received || !(await post.take(received, 'S')))
      throw new EffectError({ code: 'no-mail', message: 'a delivered message was not there' });
    return 'delivered and taken';
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function checkPanes(wanted: Config['panes']): Promise<string> {
  const { kind, reason } = await choosePanes(wanted);
  const folder = await mkdtemp(join(tmpdir(), 'oompa-check-'));
  const swarmTag = `check-${randomBytes(3).toString('hex')}`;
  const panes = kind === 'tmux' ? createTmuxPanes({ folder, swarmTag }) : createPtyPanes({ swarmTag });
  try {
    await panes.open({
      key: 'check',
      argv: [process.execPath, '-e', 'process.exit(7)'],
      cwd: folder,
      env: {},
      title: 'check',
    });
    let code: number | null = null;
    for (let round = 0; round < 100 && code === null; round += 1) {
      code = (await panes.list())[0]?.exit?.code ?? null;
      if (code === null) await sleep(50);
    }
    if (code !== 7)
      throw new EffectError({
        code: 'no-pane',
        message: `a program that exits 7 in a pane ended with ${code ?? 'nothing'}`,
      });
    return reason ?? `${kind}: opened, its exit code known, closed`;
  } finally {
    await panes.destroy();
    await panes.release();
    await rm(folder, { recursive: true, force: true });
  }
}

function harnessPart(model: string, aliases: Config['harnesses'], root: string): Part {
  return {
    name: model.split(' ', 1)[0] ?? model,
    async check() {
      const known = harnessOf(model, aliases);
      const result = await known.harness.check({ ...known, root }, known.env);
      if (!result.ok)
        throw new EffectError({
          code: 'harness',
          message: result.problem ?? 'it does not work',
          hint: result.hint ?? undefined,
        });
      const found = result.version ?? 'found';
      const { login } = known.harness;
      const loggedIn = (await login?.ask({ ...known, root }, known.env)) ?? null;
      if (loggedIn === false)
        throw new EffectError({ code: 'login', message: `${found}, not logged in`, hint: `log in: ${login?.how}` });
      return loggedIn ? `${found}, logged in` : found;
    },
  };
}
