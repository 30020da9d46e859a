// Demo repositories for tests, and turns of the scripted agent in them: the supervisor's own prompts in, what it said out.
import { execFile, execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createDemo } from '../../src/cli/demo/create.ts';
import { Config } from '../../src/core/config.ts';
import { readSignals } from '../../src/core/signals.ts';
import { emptyState, type State, type Task } from '../../src/core/state.ts';
import { noUsage } from '../../src/core/usage.ts';
import type { Message } from '../../src/mail/contract.ts';
import { composePrompt } from '../../src/supervisor/prompt.ts';

export const agent = new URL('../../demo/agent.mjs', import.meta.url).pathname;

/** A folder that goes with the test. */
export async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'oompa-demo-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A fresh demo repository. */
export async function demo(): Promise<string> {
  const folder = join(await scratch(), 'todo');
  await createDemo(folder, { speed: 0 });
  return folder;
}

/** A copy of a repository, uncommitted files included. */
export async function copyOf(folder: string): Promise<string> {
  const copy = join(await scratch(), 'todo');
  await cp(folder, copy, { recursive: true });
  return copy;
}

export function git(folder: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim();
}

export function commitAll(folder: string, message: string): string {
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--message', message);
  return git(folder, 'rev-parse', 'HEAD');
}

/** A module of demo/, which is plain JavaScript without types. */
export function load(name: string) {
  return import(new URL(`../../demo/${name}`, import.meta.url).href);
}

/** Runs the suite as the demo's check does. */
export async function runChecks(folder: string, ...args: string[]): Promise<{ ok: boolean; output: string }> {
  return run(folder, ['--test', ...args], '');
}

export interface TurnParts {
  claims?: string[];
  claimable?: string[];
  suggested?: string | null;
  note?: string;
  mail?: { from: string; body: string }[];
  /** How many tasks others work on. */
  inProgress?: number;
}

/** One turn of the agent in `folder`. */
export async function turn(folder: string, parts: TurnParts) {
  const { ok, output } = await runAgent(folder, ['--speed', '0'], await promptOf(folder, parts));
  return { ok, said: output, signals: readSignals(output) };
}

export function runAgent(folder: string, args: string[], prompt = ''): Promise<{ ok: boolean; output: string }> {
  return run(folder, [agent, ...args], prompt);
}

/** The prompt that the supervisor composes. Task files are those of the demo. */
export async function promptOf(folder: string, parts: TurnParts): Promise<string> {
  const { claims = [], claimable = [], suggested = null, note = '', mail = [], inProgress = 0 } = parts;
  const config = Config.parse(JSON.parse(await readFile(join(folder, 'oompa.json'), 'utf8')));
  const swarm: State['swarm'] = {
    ...({} as NonNullable<State['swarm']>),
    id: '0badcafe',
    root: folder,
    base: { branch: 'main', sha: '0'.repeat(40) },
    config,
  };
  const tasks: Task[] = [
    ...claimable.map((id) => task(id, 'pending')),
    ...claims.map((id) => task(id, 'claimed')),
    ...Array.from({ length: inProgress }, (_, at) => task(`other-${at}`, 'claimed')),
  ];
  return composePrompt({
    state: { ...emptyState, swarm, tasks: Object.fromEntries(tasks.map((each) => [each.id, each])) },
    effect: {
      type: 'turn.send',
      worker: 'w0',
      turn: 'w0-t1',
      kind: 'work',
      conversation: null,
      tasks: claims,
      suggested,
      mail: [],
      note,
    },
    claims: claims.map((id) => taskFile(folder, id)),
    mail: mail.map(({ from, body }, at) => message(from, body, at)),
    rules: [prompts('_task-rules'), prompts('_mail')],
    roles: [prompts('executor')],
    kind: note ? [prompts('fixer')] : [],
    resumed: false,
    watched: true,
  });
}

function run(folder: string, args: string[], input: string): Promise<{ ok: boolean; output: string }> {
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...env } = process.env;
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { cwd: folder, env, maxBuffer: 64 << 20 }, (error, stdout, stderr) =>
      resolve({ ok: error === null, output: stdout + stderr }),
    );
    child.stdin?.end(input);
  });
}

function task(id: string, status: 'pending' | 'claimed'): Task {
  return {
    id,
    file: `${id}.json`,
    column: status === 'pending' ? 'pending' : 'current',
    summary: `Summary of ${id}`,
    priority: null,
    dependsOn: [],
    files: [],
    status,
    since: '',
    worker: null,
    change: null,
    attempts: 0,
    usage: noUsage,
    reason: null,
  };
}

function taskFile(folder: string, id: string): { id: string; file: string; text: string } {
  const pending = join(folder, 'tasks', 'pending');
  const file = readdirSync(pending).find((name) => name.replace(/\.(json|edn)$/, '') === id);
  const text = file ? readFileSync(join(pending, file), 'utf8') : JSON.stringify({ id });
  return { id, file: file ?? `${id}.json`, text };
}

function message(from: string, body: string, at: number): Message {
  const id = `m${at}@oompa`;
  return {
    id,
    from,
    to: ['w0'],
    bcc: [],
    subject: 'a line',
    date: '2026-01-01T00:00:00.000Z',
    type: 'note',
    inReplyTo: null,
    references: [],
    thread: id,
    importance: 'normal',
    ackBy: null,
    expires: null,
    seq: null,
    attachments: [],
    body,
    headers: {},
  };
}

function prompts(name: string): string {
  return readFileSync(new URL(`../../prompts/${name}.md`, import.meta.url), 'utf8');
}
