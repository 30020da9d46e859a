// The prompt of a review: role, the change with its tasks and checks, the round before, the diff, and how to answer.

import { clean } from '../core/clean.ts';
import type { EffectOf } from '../core/effect.ts';
import { fenced } from '../core/quote.ts';
import type { Change, State } from '../core/state.ts';
import type { DiffText } from '../git/contract.ts';
import type { Message } from '../mail/contract.ts';
import { quotedMail, quoteTask, tagged } from './prompt.ts';
import { fill } from './tokens.ts';

export interface ReviewParts {
  state: State;
  effect: EffectOf<'turn.send'>;
  change: Change;
  /** Task files of the change, as they are. */
  tasks: readonly { id: string; file: string; text: string }[];
  /** From the merge-base to the head of the change. */
  diff: DiffText;
  mail: readonly Message[];
  /** How to give a verdict. */
  rules: readonly string[];
  roles: readonly string[];
}

/** The tag names the worker whose change it is, as other programs that read these prompts expect. */
export function composeReview({ state, effect, change, tasks, diff, mail, rules, roles }: ReviewParts): string {
  const put = (text: string) => fill(text, state, change.worker);
  return tagged(state, change.worker, [
    ...roles.map(put),
    `## The change\n\n${facts(change)}`,
    tasks.length > 0 ? `## What was asked\n\n${tasks.map(quoteTask).join('\n\n')}` : '',
    `## Checks\n\n${checks(change)}`,
    previous(state, change),
    `## Diff\n\n${diffText(change, diff)}`,
    quotedMail(mail),
    effect.note ? `## This turn\n\n${effect.note}` : '',
    ...rules.map(put),
  ]);
}

function facts(change: Change): string {
  return [
    `- head ${change.id}, which your folder is a checkout of; made from ${change.base}`,
    `- by ${change.worker}: ${clean(change.title)}`,
    `- ${change.files.length} files, +${change.added} -${change.removed}`,
  ].join('\n');
}

function checks({ integration }: Change): string {
  if (!integration || integration.checks.length === 0) return '(none are configured)';
  const lines = integration.checks.map(
    ({ name, ok, code }) =>
      `- ${clean(name)}: ${ok ? 'passed' : `failed (${code === null ? 'no end' : `exit ${code}`})`}`,
  );
  return `Run on this change merged onto ${integration.base.slice(0, 7)}:\n\n${lines.join('\n')}`;
}

/** Why the same work came back before: the latest round only, or a reviewer drowns in its own words. */
function previous(state: State, change: Change): string {
  const [last] = Object.values(state.changes)
    .filter(({ id, worker, status, tasks }) => isEarlier(change, id, worker, tasks) && status === 'rejected')
    .sort((a, b) => (a.handedInAt < b.handedInAt ? 1 : -1));
  if (!last || change.round === 0) return '';
  const words = last.review?.said || last.reason || '';
  return `## The round before\n\nHead ${last.id} was sent back (round ${last.round + 1}); \`git diff ${last.id} ${change.id}\` shows what changed since.\n\n${fenced(words, '')}`;
}

function isEarlier(change: Change, id: string, worker: string, tasks: readonly string[]): boolean {
  return id !== change.id && worker === change.worker && tasks.join() === change.tasks.join();
}

function diffText(change: Change, { text, omitted }: DiffText): string {
  const left = omitted.map((path) => `- ${clean(path)}`).join('\n');
  const note = `These files of the change are left out here because they are too long. Read them in your folder (\`git diff ${change.base} ${change.id} -- <file>\`):\n\n${left}`;
  return [text ? fenced(text, 'diff') : '', omitted.length > 0 ? note : ''].filter(Boolean).join('\n\n');
}
