// Makes the repository of `oompa demo`: a real todo API with tests, six tasks, and an oompa.json for scripted agents.
import { spawnSync } from 'node:child_process';
import { cp, mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { Config, type ConfigInput } from '../../core/config.ts';
import { EffectError, errnoOf, exitCodes, messageOf, Refusal } from '../../core/errors.ts';
import { packageFolder } from '../../disk/paths.ts';

export interface DemoOptions {
  /** Workers on the scripted agent. Default 3. */
  workers?: number;
  /** 1 takes a human-visible second or two per step, 2 is twice as fast, 0 never waits. Default 1. */
  speed?: number;
  approval?: 'operator' | 'auto';
  /** What the swarm does after the last task. Default `wait`. */
  whenDone?: 'wait' | 'stop';
}

export interface Demo {
  folder: string;
  /** Ids of the tasks on the board. */
  tasks: string[];
  configFile: string;
}

/**
 * Makes the demo in `folder`, which must be new or empty. The first commit is on `main`; `tasks/` is ignored by git, so that the
 * operator's tree stays clean while the swarm moves task files. Throws a Refusal for a folder in use or bad options, an
 * EffectError when git or the disk fails.
 */
export async function createDemo(folder: string, options: DemoOptions = {}): Promise<Demo> {
  const config = demoConfig(options);
  await claimFolder(folder);
  const template = join(packageFolder(), 'demo', 'todo-api');
  const configFile = join(folder, 'oompa.json');
  try {
    await cp(template, folder, { recursive: true, filter: (path) => path !== join(template, 'tasks') });
    // A file named .gitignore would not survive `npm pack`.
    await rename(join(folder, 'gitignore'), join(folder, '.gitignore'));
    await writeFile(configFile, `${JSON.stringify(config, null, 2)}\n`);
    await commit(folder);
    for (const column of ['pending', 'current', 'complete'])
      await mkdir(join(folder, 'tasks', column), { recursive: true });
    await cp(join(template, 'tasks'), join(folder, 'tasks', 'pending'), { recursive: true });
  } catch (error) {
    if (error instanceof EffectError) throw error;
    throw new EffectError({
      code: 'demo-failed',
      message: `cannot make the demo in ${folder}: ${messageOf(error)}`,
      hint: 'choose another folder with --dir',
      cause: error,
    });
  }
  const tasks = (await readdir(join(folder, 'tasks', 'pending')))
    .map((file) => file.replace(/\.(json|edn)$/, ''))
    .sort();
  return { folder, tasks, configFile };
}

function demoConfig({ workers = 3, speed = 1, approval = 'operator', whenDone = 'wait' }: DemoOptions): ConfigInput {
  if (!Number.isFinite(speed) || speed < 0) {
    throw new Refusal(`the speed of the demo is ${speed}`, {
      hint: 'give a number such as 1 or 2.5, or 0 for no waiting',
      exitCode: exitCodes.usage,
    });
  }
  const node = nodeProgram();
  const agent = join(packageFolder(), 'demo', 'agent.mjs');
  const config: ConfigInput = {
    workers: [
      {
        model: `command:${quoted(node)} ${quoted(agent)} --speed ${speed}`,
        role: 'executor',
        count: workers,
        can_plan: false,
      },
    ],
    base: 'main',
    checks: [{ name: 'tests', run: [node, '--test'] }],
    approval,
    when_done: whenDone,
  };
  const parsed = Config.safeParse(config);
  if (parsed.success) return config;
  throw new Refusal(`the demo cannot have ${workers} workers`, {
    hint: 'give a number from 1 to 200',
    exitCode: exitCodes.usage,
    cause: parsed.error,
  });
}

/** The machine's own `node` where it can run the demo (a name that reads well), else the one that runs us. */
function nodeProgram(): string {
  const { stdout } = spawnSync('node', ['--version'], { encoding: 'utf8' });
  return Number(/^v(\d+)\./.exec(stdout ?? '')?.[1] ?? 0) >= 20 ? 'node' : process.execPath;
}

/** A word of a `command:` model as it is split again: quoted where it has to be. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `"${word.replace(/["\\$`]/g, '\\$&')}"`;
}

async function claimFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    if ((await readdir(folder)).length === 0) return;
  } catch (error) {
    throw new Refusal(`cannot make the folder ${folder} (${errnoOf(error) ?? messageOf(error)})`, {
      hint: 'choose another one with --dir',
      exitCode: exitCodes.cantcreat,
      cause: error,
    });
  }
  throw new Refusal(`${folder} is not empty`, {
    hint: 'the demo needs a folder of its own: choose a new one with --dir, or open a demo again with `oompa tui` inside it',
    exitCode: exitCodes.cantcreat,
  });
}

/** The settings keep the person's own git configuration from signing, rewriting line ends, or running hooks. */
async function commit(folder: string): Promise<void> {
  const settings = {
    'user.name': 'oompa demo',
    'user.email': 'demo@oompa.invalid',
    'commit.gpgSign': 'false',
    'core.autocrlf': 'false',
  };
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
  const git = async (...args: string[]): Promise<void> => {
    const { failed, stderr, shortMessage } = await execa('git', args, {
      cwd: folder,
      env,
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
    });
    if (!failed) return;
    throw new EffectError({
      code: 'git-failed',
      message: `git ${args[0]} failed: ${stderr || shortMessage}`,
      hint: 'the demo needs git 2.38 or newer on PATH',
    });
  };
  await git('init', '--quiet', '--initial-branch=main');
  for (const [name, value] of Object.entries(settings)) await git('config', '--local', name, value);
  await git('add', '--all', '--force', '--', '.gitignore', 'README.md', 'oompa.json', 'package.json', 'src', 'test');
  await git('-c', 'core.hooksPath=/dev/null', 'commit', '--quiet', '--message=A todo API with tests');
}
