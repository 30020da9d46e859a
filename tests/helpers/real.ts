// The real program on a real repository: `oompa` as its own processes, tmux on the repository's own socket, agents that are scripts.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { JournalLine } from '../../src/core/event.ts';
import type { State } from '../../src/core/state.ts';
import { fold } from '../../src/core/transition.ts';
import { findTagged } from '../../src/disk/process.ts';
import { freshFolder, runAs } from '../git/repo.ts';
import { until } from '../panes/until.ts';
import { leftoversOf } from './checker.ts';
import { put } from './world.ts';

const checkout = join(import.meta.dirname, '..', '..');

// Claims what it is offered and makes a file for each task. While the file `wait` lies in the repository it says so and stays in its turn.
const agent = `#!${process.execPath}
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
const prompt = readFileSync(0, 'utf8');
const root = process.env.OOMPA_ROOT;
const claims = [...prompt.matchAll(/^### (\\S+) \\(/gm)].map((found) => found[1]);
const offered = /^- (\\S+): .*\\(suggested\\)$/m.exec(prompt)?.[1];
if (claims.length === 0) console.log(offered ? 'CLAIM(' + offered + ')' : 'nothing to do');
else {
  writeFileSync(join(root, '.oompa', 'at-work-' + process.env.OOMPA_WORKER), '');
  while (existsSync(join(root, '.oompa', 'wait'))) await new Promise((done) => setTimeout(done, 20));
  for (const id of claims) writeFileSync(id + '.txt', id + ' is done\\n');
  console.log('COMPLETE_AND_READY_FOR_MERGE');
}
`;

export interface Real {
  root: string;
  tasks: string[];
  /** Starts \`oompa <args>\`, optionally under another program (strace). */
  start(args: readonly string[], under?: readonly string[]): Started;
  /** The journal of the current swarm, whole lines only; empty when there is none yet. */
  lines(): JournalLine[];
  state(): State;
  swarm(): string;
  /** tmux on the repository's socket. */
  tmux(...args: string[]): string;
  /** Makes agents wait in their turns from now on; gives the function that lets them go on. */
  hold(): () => void;
  isAtWork(worker: string): boolean;
  /** Processes, panes, worktrees, branches and locks that are left; empty after a stop. */
  leftovers(): string[];
}

export interface Started {
  child: ChildProcess;
  /** Exit code, or the signal's name, with all that it printed. */
  ended: Promise<{ how: number | string | null; text: string }>;
}

export function makeReal(tasks: string[] = ['a', 'b'], config: Record<string, unknown> = {}): Real {
  const root = freshFolder('real');
  runAs(root, ['init', '--quiet', '--initial-branch=main']);
  runAs(root, ['config', 'user.name', 'Operator']);
  runAs(root, ['config', 'user.email', 'operator@example.org']);
  const workers = [{ model: 'command:./agent.mjs', count: 2, can_plan: false }];
  put(root, {
    '.gitignore': 'tasks/\n',
    'agent.mjs': agent,
    'oompa.json': JSON.stringify({ workers, checks: [{ name: 'there', run: ['test', '-e', 'agent.mjs'] }], ...config }),
  });
  chmodSync(join(root, 'agent.mjs'), 0o755);
  runAs(root, ['add', '-A']);
  runAs(root, ['commit', '--quiet', '-m', 'start']);
  for (const id of tasks) put(root, { [`tasks/pending/${id}.json`]: JSON.stringify({ id, summary: `do ${id}` }) });
  for (const column of ['current', 'complete']) mkdirSync(join(root, 'tasks', column));

  const real: Real = {
    root,
    tasks,
    start(args, under = []) {
      const [program = '', ...rest] = [...under, process.execPath, join(checkout, 'dist', 'oompa.js'), ...args];
      const own = Object.entries(process.env).filter(([name]) => !/^(?:OOMPA|GIT_|TMUX|NODE_|VITEST)/.test(name));
      const env = { ...Object.fromEntries(own), HOME: root, NO_COLOR: '1', UV_THREADPOOL_SIZE: '1' };
      const child = spawn(program, rest, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
      let text = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
      const ended = new Promise<{ how: number | string | null; text: string }>((resolve) =>
        child.on('exit', (code, signal) => resolve({ how: code ?? signal, text })),
      );
      return { child, ended };
    },
    lines() {
      const file = join(root, 'runs', real.swarm(), 'journal.jsonl');
      const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
      return text
        .slice(0, text.lastIndexOf('\n') + 1)
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as JournalLine);
    },
    state: () => fold(real.lines()),
    swarm: () =>
      existsSync(join(root, '.oompa/current')) ? readFileSync(join(root, '.oompa/current'), 'utf8').trim() : 'none',
    tmux: (...args) =>
      execFileSync('tmux', ['-S', join(root, '.oompa/panes/tmux.sock'), ...args], {
        encoding: 'utf8',
        stdio: 'pipe',
      }).trim(),
    hold() {
      put(root, { '.oompa/wait': '' });
      return () => execFileSync('rm', ['-f', join(root, '.oompa/wait')]);
    },
    isAtWork: (worker) => existsSync(join(root, '.oompa', `at-work-${worker}`)),
    leftovers() {
      const wrong = leftoversOf(root);
      for (const { pid } of findTagged('OOMPA_ROOT', root)) wrong.push(`process ${pid} is left`);
      if (serverPid() !== null) wrong.push('the tmux server is left');
      return wrong;
    },
  };
  const serverPid = (): number | null => {
    try {
      return Number(real.tmux('display-message', '-p', '#{pid}')) || null;
    } catch {
      return null;
    }
  };
  onTestFinished(async () => {
    for (const { pid } of findTagged('OOMPA_ROOT', root)) process.kill(pid, 'SIGKILL');
    const server = serverPid();
    if (server !== null) process.kill(server, 'SIGKILL');
  });
  return real;
}

/** Runs to the end without harm and gives what it printed; throws when it does not exit with 0. */
export async function goOn(real: Real): Promise<string> {
  const { how, text } = await real.start(['run', '--until-done', '--approval', 'auto']).ended;
  if (how !== 0) throw new Error(`oompa run ended with ${how}:\n${text}`);
  return text;
}

/** Waits until the journal has `count` lines. */
export async function linesOf(real: Real, count: number): Promise<void> {
  await until(
    () => real.lines().length >= count,
    60_000,
    () => real.lines().length,
  );
}
