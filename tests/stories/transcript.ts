// A journal as text for review: a line per event with what was decided on it, what people were told, and how it ended.
import type { JournalLine } from '../../src/core/event.ts';
import { reviewOf } from '../../src/core/review.ts';
import { type Change, emptyState, type State } from '../../src/core/state.ts';
import { fold } from '../../src/core/transition.ts';

export function transcriptOf(lines: readonly JournalLine[]): string {
  let state = emptyState;
  const rows = lines.flatMap((line) => {
    const before = state;
    state = fold([line], state);
    const decided = line.effects.map((effect) => `      ask ${words(effect)}`);
    const told = state.notices.slice(before.notices.length).map(({ level, text }) => `      ${level}: ${short(text)}`);
    return [`${String(line.seq).padStart(3)} ${words(line.event)}`, ...moves(before, state), ...decided, ...told];
  });
  return `${[...rows, '', ...digestOf(state)].join('\n')}\n`;
}

/** How workers, tasks and changes moved along their lives. */
function moves(before: State, after: State): string[] {
  return (['workers', 'tasks', 'changes'] as const).flatMap((kind) =>
    Object.values(after[kind]).flatMap(({ id, status }) => {
      const was = before[kind][id]?.status;
      return was === status || was === undefined ? [] : [`      ${short(id)}: ${was} > ${status}`];
    }),
  );
}

function digestOf({ swarm, workers, tasks, changes, pending }: State): string[] {
  return [
    `swarm ${swarm?.status} (${swarm?.stopReason}), base ${short(swarm?.base.sha ?? '')}, ${Object.keys(pending).length} pending`,
    ...Object.values(workers).map(
      (w) =>
        `${w.id} ${w.status}${w.why ? ` (${w.why})` : ''}, cycle ${w.cycle}, ${w.turns} turns, failures ${w.failures}`,
    ),
    ...Object.values(tasks).map(
      (t) => `${t.id} ${t.status} in ${t.column}, attempts ${t.attempts}${t.reason ? `: ${t.reason}` : ''}`,
    ),
    ...Object.values(changes).map(
      (c) =>
        `${short(c.id)} ${c.status}, ${c.worker} for ${c.tasks}, round ${c.round}${reviewed(c)}${c.reason ? `: ${c.reason}` : ''}`,
    ),
  ].map(short);
}

function reviewed(change: Change): string {
  const review = reviewOf(change);
  return review ? `, ${review.text}` : '';
}

const shown = [
  'worker',
  'turn',
  'kind',
  'task',
  'tasks',
  'claimed',
  'suggested',
  'review',
  'change',
  'head',
  'base',
  'commit',
  'outcome',
  'code',
  'signal',
  'by',
  'reason',
  'note',
];

/** The type, then the fields that a reader wants to know. */
function words(what: { type: string }): string {
  const fields = Object.entries(what).filter(([name, value]) => shown.includes(name) && isPlain(value));
  return short([what.type, ...fields.map(([name, value]) => `${name}=${JSON.stringify(value)}`)].join(' ')).replace(
    /"/g,
    '',
  );
}

function isPlain(value: unknown): boolean {
  return typeof value === 'string'
    ? value !== ''
    : typeof value === 'number' || (Array.isArray(value) && value.length > 0);
}

function short(text: string): string {
  return text.replace(/\b([0-9a-f]{7})[0-9a-f]{33}\b/g, '$1');
}
