// The prompt of a planner: how tasks are written, the whole board, what this turn is for, and its role.
import { clean } from '../core/clean.ts';
import type { EffectOf } from '../core/effect.ts';
import { tasksOf } from '../core/select.ts';
import type { State, TaskStatus } from '../core/state.ts';
import type { Message } from '../mail/contract.ts';
import { statusLine } from './board-text.ts';
import { quotedMail, tagged } from './prompt.ts';
import { fill } from './tokens.ts';

export interface PlanParts {
  state: State;
  effect: EffectOf<'turn.send'>;
  mail: readonly Message[];
  /** What a planner may do, and how. */
  rules: readonly string[];
  roles: readonly string[];
}

export function composePlan({ state, effect, mail, rules, roles }: PlanParts): string {
  const put = (text: string) => fill(text, state, effect.worker);
  return tagged(state, effect.worker, [
    ...rules.map(put),
    `## Task status\n\n${statusLine(state)}`,
    ...columns.map(({ title, of }) => listed(state, title, of)),
    quotedMail(mail),
    effect.note ? `## This turn\n\n${effect.note}` : '',
    ...roles.map(put),
  ]);
}

const columns: readonly { title: string; of: readonly TaskStatus[] }[] = [
  { title: 'Pending', of: ['pending', 'blocked'] },
  { title: 'In progress', of: ['claimed', 'handed-in'] },
  { title: 'Complete', of: ['merged'] },
];

/** Tasks of a column that a prompt lists at the most: the latest. */
const mostListed = 60;

function listed(state: State, title: string, of: readonly TaskStatus[]): string {
  const tasks = tasksOf(state).filter((task) => of.includes(task.status));
  const latest = tasks.toSorted((a, b) => (a.since < b.since ? 1 : a.since > b.since ? -1 : 0)).slice(0, mostListed);
  const lines = latest.map(({ id, summary, dependsOn }) => {
    const after = dependsOn.length > 0 ? ` (after ${dependsOn.map((each) => clean(each)).join(', ')})` : '';
    return `- ${id}: ${clean(summary)}${after}`;
  });
  if (tasks.length > latest.length) lines.push(`- … and ${tasks.length - latest.length} more`);
  return `## ${title}\n\n${lines.join('\n') || '(none)'}`;
}
