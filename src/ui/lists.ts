// The lists on the screen, in their order, and what needs the operator next. Sorted once per change of their part of the state.
import { type Counts, countsOf, needsOperator, reviewQueue, tasksOf, workersOf } from '../core/select.ts';
import { type Change, emptyState, type State, type Task, type TaskStatus, type Worker } from '../core/state.ts';
import type { ListPanel } from './layout.ts';
import { memo } from './memo.ts';
import type { Mail } from './ports.ts';
import { mailLooks } from './theme.ts';
import type { View } from './view.ts';

export type Column = 'pending' | 'current' | 'review' | 'blocked' | 'complete';

/** Columns side by side, as work flows; `blocked` only when there is something in it. */
const columnOrder: readonly Column[] = ['pending', 'current', 'review', 'blocked', 'complete'];
/** Sections of the one list: what moves first. */
const sectionOrder: readonly Column[] = ['review', 'current', 'blocked', 'pending', 'complete'];

const columnOf: Readonly<Record<TaskStatus, Column>> = {
  pending: 'pending',
  claimed: 'current',
  'handed-in': 'review',
  blocked: 'blocked',
  merged: 'complete',
};

/** Finished changes that stay in sight below the open ones. */
const mostFinished = 20;

export type Columns = Readonly<Record<Column, readonly Task[]>>;

export const workerList = (state: State): readonly Worker[] => sortedWorkers(state.workers);
export const taskColumns = (state: State): Columns => sortedTasks(state.tasks);
/** Open changes, those that need the operator first; then the latest finished ones, newest first. */
export const queueList = (state: State): readonly Change[] => sortedChanges(state.changes);

const sortedWorkers = memo((workers: State['workers']) => workersOf({ ...emptyState, workers }));
const sortedChanges = memo((changes: State['changes']) => {
  const open = reviewQueue({ ...emptyState, changes });
  const seen = new Set(open);
  const finished = Object.values(changes).filter((change) => !seen.has(change));
  return [...open, ...finished.sort(newestFirst).slice(0, mostFinished)];
});
const sortedTasks = memo((tasks: State['tasks']) => {
  const columns: Record<Column, Task[]> = { pending: [], current: [], review: [], blocked: [], complete: [] };
  for (const task of tasksOf({ ...emptyState, tasks })) columns[columnOf[task.status]].push(task);
  columns.complete.sort(newestFirst);
  return columns;
});

/** Questions, then other mail by its type; among each the oldest first. */
export const mailList = memo((mail: readonly Mail[]): readonly Mail[] =>
  mail.toSorted((a, b) => rankOf(a) - rankOf(b)),
);
export const questionsIn = memo((mail: readonly Mail[]) => mail.filter(({ question }) => question));

const mailOrder = [...mailLooks.keys()];

function rankOf({ type, question }: Mail): number {
  const at = mailOrder.indexOf(type);
  return question ? -1 : at < 0 ? mailOrder.length : at;
}

function newestFirst(a: { since: string }, b: { since: string }): number {
  return a.since < b.since ? 1 : a.since > b.since ? -1 : 0;
}

export function columnsShown(columns: Columns): readonly Column[] {
  return columnOrder.filter((name) => name !== 'blocked' || columns.blocked.length > 0);
}

export function sectionsShown(columns: Columns): readonly Column[] {
  return sectionOrder.filter((name) => columns[name].length > 0);
}

/** A row of the one list of tasks. */
export type TaskRow = { head: Column; count: number } | { task: Task };

export const taskRows = memo((columns: Columns): readonly TaskRow[] =>
  sectionsShown(columns).flatMap((head) => [
    { head, count: columns[head].length },
    ...columns[head].map((task) => ({ task })),
  ]),
);

export const countsIn = (state: State): Counts => countsWith(state.workers, state.tasks, state.changes);

const countsWith = memo((workers: State['workers'], tasks: State['tasks'], changes: State['changes']) =>
  countsOf({ ...emptyState, workers, tasks, changes }),
);

/** Everything that waits for the operator: what stops a worker first (changes, workers), then questions, then blocked tasks. */
export function needsYou({ state, mail }: Pick<View, 'state' | 'mail'>): { panel: ListPanel; id: string }[] {
  const changes = queueList(state).filter((change) => needsOperator(change));
  const workers = workerList(state).filter((worker) => worker.status === 'needs-you' || worker.status === 'failed');
  return [
    ...changes.map(({ id }) => ({ panel: 'queue' as const, id })),
    ...workers.map(({ id }) => ({ panel: 'workers' as const, id })),
    ...questionsIn(mail).map(({ id }) => ({ panel: 'mail' as const, id })),
    ...taskColumns(state).blocked.map(({ id }) => ({ panel: 'tasks' as const, id })),
  ];
}
