// The board in words, as prompts show it.
import { clean } from '../core/clean.ts';
import { claimableTasks, countsOf } from '../core/select.ts';
import type { State } from '../core/state.ts';

/** The board, as a worker sees it from its worktree. */
export const tasksRoot = '../tasks';

/** Claimable tasks that a prompt lists at the most. */
const mostListed = 40;

export function statusLine(state: State): string {
  const { pending, current, review, merged, blocked } = countsOf(state);
  return `Pending: ${pending + blocked}, In progress: ${current + review}, Complete: ${merged}`;
}

/** Tasks that can be claimed now, the suggested one first, then by priority; of a long list how many more there are. */
export function claimableList(state: State, suggested: string | null): string {
  const tasks = claimableTasks(state);
  const first = tasks.filter(({ id }) => id === suggested);
  const listed = [...first, ...tasks.filter(({ id }) => id !== suggested)].slice(0, mostListed);
  const lines = listed.map(({ id, summary }) => `- ${id}: ${clean(summary)}${id === suggested ? ' (suggested)' : ''}`);
  if (tasks.length > listed.length) lines.push(`- … and ${tasks.length - listed.length} more in ${tasksRoot}/pending`);
  return lines.join('\n') || '(none)';
}
