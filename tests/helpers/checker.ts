// Judges a swarm from outside: reads journal, folders and git, and names every promise that was broken. Shares no code with what it judges but the fold.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { JournalLine } from '../../src/core/event.ts';
import type { State } from '../../src/core/state.ts';
import { fold } from '../../src/core/transition.ts';
import { environment } from '../git/repo.ts';

export interface CheckOptions {
  root: string;
  swarm: string;
  branch?: string;
  /** Every task that was ever on the board. */
  tasks: readonly string[];
  /** Also that the swarm was stopped in good order with every task merged. Default true. */
  finished?: boolean;
}

/** What is wrong; empty when every promise held. */
export function violationsOf({ root, swarm, branch = 'main', tasks, finished = true }: CheckOptions): string[] {
  const wrong: string[] = [];
  const lines = readLines(join(root, 'runs', swarm, 'journal.jsonl'), wrong);
  const state = fold(lines);
  const git = (...args: string[]) => ask(root, args, wrong);
  wrong.push(...ofJournal(lines, state), ...ofBoard(root, tasks, state), ...ofGit(git, branch, lines, state));
  if (finished) wrong.push(...ofEnd(root, git, lines, state, tasks));
  return wrong;
}

function readLines(file: string, wrong: string[]): JournalLine[] {
  const text = readFileSync(file, 'utf8');
  if (!text.endsWith('\n')) wrong.push('the journal ends in a torn line');
  return text
    .split('\n')
    .filter(Boolean)
    .flatMap((line, index) => {
      try {
        return [JSON.parse(line) as JournalLine];
      } catch {
        wrong.push(`journal line ${index + 1} is no JSON`);
        return [];
      }
    });
}

function ofJournal(lines: readonly JournalLine[], state: State): string[] {
  const wrong: string[] = [];
  if (lines[0]?.event.type !== 'swarm.started') wrong.push('the journal does not begin with swarm.started');
  if (lines.filter(({ event }) => event.type === 'swarm.started').length !== 1) wrong.push('the swarm started twice');
  for (const [index, line] of lines.entries()) if (line.seq !== index) wrong.push(`line ${index} has seq ${line.seq}`);
  const half = Math.floor(lines.length / 2);
  if (!isDeepStrictEqual(fold(lines.slice(half), fold(lines.slice(0, half))), state))
    wrong.push('the fold has a memory of its own');
  twice(
    lines.map(({ mail }) => mail),
    'mail was handled twice',
    wrong,
  );
  twice(
    lines.map(({ cause }) => cause),
    'an effect was answered twice',
    wrong,
  );
  twice(
    told(lines, 'turn.ended', (event) => `${event.turn}`),
    'a turn ended twice',
    wrong,
  );
  twice(
    told(lines, 'change.landed', (event) => event.change),
    'a change landed twice',
    wrong,
  );
  twice(
    told(lines, 'change.landed', (event) => event.commit),
    'a commit landed twice',
    wrong,
  );
  let now = fold([]);
  for (const line of lines) {
    now = fold([line], now);
    const held = Object.values(now.workers).flatMap((worker) => worker.claims);
    if (new Set(held).size !== held.length) wrong.push(`after line ${line.seq} a task is held twice: ${held}`);
    const merging = Object.values(now.changes).filter((change) => change.status === 'merging');
    if (merging.length > 1) wrong.push(`after line ${line.seq} ${merging.length} changes are merging`);
  }
  return wrong;
}

function ofBoard(root: string, tasks: readonly string[], state: State): string[] {
  const wrong: string[] = [];
  const placed = ['pending', 'current', 'complete'].flatMap((column) =>
    readdirSync(join(root, 'tasks', column)).map((file) => ({ column, file })),
  );
  for (const id of tasks) {
    const found = placed.filter(({ file }) => file.replace(/\.(?:json|edn)$/, '') === id);
    const [only] = found;
    if (found.length !== 1 || !only) {
      wrong.push(`task ${id} lies in ${found.map(({ column }) => column).join(' and ') || 'no column'}`);
      continue;
    }
    const text = readFileSync(join(root, 'tasks', only.column, only.file), 'utf8');
    if (only.file.endsWith('.json') && !isJson(text)) wrong.push(`the file of task ${id} is torn`);
    const status = state.tasks[id]?.status;
    if (state.swarm?.status === 'stopped' && (status === 'merged') !== (only.column === 'complete'))
      wrong.push(`task ${id} is ${status} but lies in ${only.column}`);
  }
  const strange = placed.filter(({ file }) => !tasks.includes(file.replace(/\.(?:json|edn)$/, '')));
  if (strange.length > 0) wrong.push(`strange files on the board: ${strange.map(({ file }) => file).join(', ')}`);
  return wrong;
}

type AskGit = (...args: string[]) => string;

function ofGit(git: AskGit, branch: string, lines: readonly JournalLine[], state: State): string[] {
  const wrong: string[] = [];
  git('fsck', '--connectivity-only', '--no-dangling', '--no-progress');
  const format =
    '%H%x09%P%x09%(trailers:key=Oompa-Change,valueonly,separator=%x20)%x09%(trailers:key=Oompa-Task,valueonly,separator=%x20)';
  const merges = git('log', '--first-parent', '--merges', `--format=${format}`, branch)
    .split('\n')
    .filter(Boolean)
    .map((row) => {
      const [commit = '', parents = '', change = '', tasks = ''] = row.split('\t');
      return { commit, parents: parents.split(' '), change: change.trim(), tasks: tasks.split(' ').filter(Boolean) };
    })
    .filter(({ change }) => change !== '');
  twice(
    merges.map(({ change }) => change),
    'a change has two merge commits',
    wrong,
  );
  twice(
    merges.flatMap(({ tasks }) => tasks),
    'a task was merged twice',
    wrong,
  );
  for (const { commit, parents, change } of merges) {
    if (parents.length !== 2 || parents[1] !== change) wrong.push(`merge ${commit} does not merge ${change}`);
    const checked = lines.some(
      ({ event }) =>
        event.type === 'change.integrated' && event.commit === commit && event.checks.every((check) => check.ok),
    );
    if (!checked) wrong.push(`merge ${commit} was never checked`);
  }
  const merged = Object.values(state.changes).filter((change) => change.status === 'merged');
  if (state.swarm?.status === 'stopped' && merged.length !== merges.length)
    wrong.push(`${merged.length} changes are merged, git has ${merges.length} merge commits`);
  // Nothing that was handed in is ever out of reach.
  const reachable = new Set(git('rev-list', '--all').split('\n'));
  for (const head of told(lines, 'work.committed', (event) => event.head))
    if (!reachable.has(head)) wrong.push(`handed-in work ${head} is on no ref`);
  return wrong;
}

function ofEnd(
  root: string,
  git: AskGit,
  lines: readonly JournalLine[],
  state: State,
  tasks: readonly string[],
): string[] {
  const wrong: string[] = [];
  if (state.swarm?.status !== 'stopped') wrong.push(`the swarm is ${state.swarm?.status}`);
  if (lines.at(-1)?.event.type !== 'swarm.stopped') wrong.push('the last line is not swarm.stopped');
  for (const id of tasks)
    if (state.tasks[id]?.status !== 'merged')
      wrong.push(`task ${id} is ${state.tasks[id]?.status}: ${state.tasks[id]?.reason}`);
  if (Object.keys(state.pending).length > 0) wrong.push(`pending: ${Object.keys(state.pending)}`);
  for (const { id, status, claims } of Object.values(state.workers))
    if (status !== 'stopped' || claims.length > 0)
      wrong.push(`${id} is ${status} and holds ${claims.join() || 'nothing'}`);
  wrong.push(...leftoversOf(root, git));
  const unread = readdirSync(join(root, '.oompa', 'mail', 'lead', 'new'));
  if (unread.length > 0) wrong.push(`unread mail of lead: ${unread}`);
  const status = git('status', '--porcelain');
  if (status !== '') wrong.push(`the checkout differs from its branch: ${status}`);
  return wrong;
}

/** What a stopped swarm left in the repository: worktrees, branches, locks. */
export function leftoversOf(root: string, git: AskGit = (...args) => ask(root, args, [])): string[] {
  const wrong: string[] = [];
  const worktrees = git('worktree', 'list', '--porcelain').match(/^worktree /gm) ?? [];
  if (worktrees.length !== 1) wrong.push(`${worktrees.length - 1} worktrees are left`);
  const folder = join(root, '.oompa', 'worktrees');
  for (const worker of existsSync(folder) ? readdirSync(folder) : [])
    if (existsSync(join(folder, worker, 'tree'))) wrong.push(`the folder of the worktree of ${worker} is left`);
  const branches = git('for-each-ref', '--format=%(refname)', 'refs/heads/oompa');
  if (branches !== '') wrong.push(`branches are left: ${branches}`);
  const locks = [...listFiles(join(root, '.git')), ...listFiles(join(root, '.oompa', 'vault.git'))].filter((file) =>
    file.endsWith('.lock'),
  );
  if (locks.length > 0) wrong.push(`locks are left: ${locks}`);
  if (existsSync(join(root, '.oompa', 'landing.json'))) wrong.push('a landing was not finished');
  return wrong;
}

function told<T extends JournalLine['event']['type']>(
  lines: readonly JournalLine[],
  type: T,
  what: (event: Extract<JournalLine['event'], { type: T }>) => string,
): string[] {
  return lines.flatMap(({ event }) =>
    event.type === type ? [what(event as Extract<JournalLine['event'], { type: T }>)] : [],
  );
}

function twice(values: readonly (string | undefined)[], what: string, wrong: string[]): void {
  const seen = new Set<string>();
  for (const value of values) {
    if (value === undefined) continue;
    if (seen.has(value)) wrong.push(`${what}: ${value}`);
    seen.add(value);
  }
}

function ask(root: string, args: readonly string[], wrong: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, {
    cwd: root,
    env: environment,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) wrong.push(`git ${args.join(' ')}: ${stderr}`);
  return stdout.trim();
}

function listFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
