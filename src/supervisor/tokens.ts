// Tokens in prompts: `{name}` becomes text about the swarm. The names of the original stay, so that its prompts mean here what they meant.
import { clean } from '../core/clean.ts';
import type { Config } from '../core/config.ts';
import type { ChangedFile } from '../core/event.ts';
import { bestClaimable, countsOf } from '../core/select.ts';
import type { State, Task } from '../core/state.ts';
import { claimableList, statusLine, tasksRoot } from './board-text.ts';

/** Puts the tokens of a prompt in, once and as text: what a token becomes is not looked at again. Unknown ones stay. */
export function fill(text: string, state: State, worker: string): string {
  return text.trim().replace(/\{\{(\w+)\}\}|\{(\w+)\}/g, (whole, double?: string, single?: string) => {
    const name = double ?? single ?? '';
    return Object.hasOwn(tokens, name) ? (tokens[name]?.(state, worker) ?? whole) : whole;
  });
}

const tokens: Readonly<Record<string, (state: State, worker: string) => string>> = {
  tasks_root: () => tasksRoot,
  TASKS_ROOT: () => tasksRoot,
  TASK_ROOT: () => tasksRoot,
  worker: (_, worker) => worker,
  swarm: ({ swarm }) => swarm?.id ?? 'unknown',
  base_branch: ({ swarm }) => swarm?.base.branch ?? '',
  checks: ({ swarm }) => swarm?.config.checks.map(checkLine).join('\n') || '- (none)',
  task_status: statusLine,
  pending_count: (state) => String(pendingOf(state)),
  current_count: (state) => String(countsOf(state).current + countsOf(state).review),
  complete_count: (state) => String(countsOf(state).merged),
  pending_tasks: (state) => claimableList(state, null),
  queue_md: (state) => best(state, 7).map(queueLine).join('\n') || '(none)',
  next_work_md: (state) => best(state, 5).map(queueLine).join('\n') || 'noop',
  recent_files_md: (state) =>
    recentFiles(state)
      .map(({ path }) => `- \`${path}\``)
      .join('\n') || '- (quiet)',
  diffstat_md: (state) => recentFiles(state).map(statLine).join('\n') || '- (quiet)',
  context_header: contextHeader,
  mode_hint: () => 'propose',
  targets: () => '*',
  recent_sec: () => '180',
};

/** What the tokens are called. */
export const tokenNames: readonly string[] = Object.keys(tokens);

function checkLine({ name, run }: Config['checks'][number]): string {
  const line = run[0] === 'sh' && run[1] === '-c' ? (run[2] ?? '') : run.join(' ');
  return `- ${name}: ${line}`;
}

function pendingOf(state: State): number {
  const { pending, blocked } = countsOf(state);
  return pending + blocked;
}

function best(state: State, most: number): Task[] {
  return bestClaimable(state, most, new Set());
}

function queueLine({ id, summary }: Task): string {
  return `- \`${id}\` • ${clean(summary)}`;
}

/** Files of the five latest merges, the latest first, each once. */
function recentFiles(state: State): ChangedFile[] {
  const landed = Object.values(state.changes)
    .filter(({ status }) => status === 'merged')
    .sort((a, b) => (a.since < b.since ? 1 : -1))
    .slice(0, 5);
  const files = new Map<string, ChangedFile>();
  for (const file of landed.flatMap((change) => change.files)) {
    const path = clean(file.path);
    if (!files.has(path)) files.set(path, { ...file, path });
  }
  return [...files.values()];
}

function statLine({ path, added, removed }: ChangedFile): string {
  return `- \`${path}\` ${added === null ? 'binary' : `+${added} -${removed ?? 0}`}`;
}

/** A YAML block; JSON text is YAML. */
function contextHeader(state: State): string {
  const { base } = state.swarm ?? {};
  const tasks = best(state, 7).map(({ id, summary }) => ({ id, summary: clean(summary) }));
  return [
    '---  # agent_context',
    `repo: ${JSON.stringify({ branch: base?.branch ?? '', head: base?.sha.slice(0, 7) ?? '' })}`,
    `backlog: ${JSON.stringify(tasks)}`,
    `recent_files: ${JSON.stringify(recentFiles(state).map(({ path }) => path))}`,
    `next_work: ${JSON.stringify(tasks.slice(0, 5).map(({ id }) => id))}`,
    'targets: "*"',
    'mode: propose',
    '---',
  ].join('\n');
}
