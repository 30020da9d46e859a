// `oompa tasks`: the board as its files are, with what the swarm knows of each task. Only looks.
import { clean } from '../../core/clean.ts';
import { exitCodes } from '../../core/errors.ts';
import type { TaskSeen } from '../../core/event.ts';
import { compareIds } from '../../core/ids.ts';
import { lookAtBoard } from '../../tasks/look.ts';
import { table } from '../table.ts';
import { openWorkspace, readLatest } from '../workspace.ts';
import type { Invocation } from './index.ts';

export async function run({ options }: Invocation): Promise<number> {
  const paths = openWorkspace();
  const { tasks: seen, unreadable } = await lookAtBoard(paths.tasks);
  const latest = readLatest(paths)?.state;
  // What a swarm that is over knew of a task is history.
  const known = latest?.swarm && latest.swarm.status !== 'stopped' ? latest.tasks : {};
  const columnOf = new Map(seen.map(({ id, column }) => [id, column]));
  const tasks = seen
    .map((task) => ({
      ...task,
      /** Dependencies that are not complete. */
      waitsFor: task.dependsOn.filter((id) => columnOf.get(id) !== 'complete'),
      status: known[task.id]?.status ?? null,
      worker: known[task.id]?.worker ?? null,
      reason: latest?.tasks[task.id]?.reason ?? null,
    }))
    .sort((a, b) => (a.priority ?? 1_000) - (b.priority ?? 1_000) || compareIds(a.id, b.id));
  const inColumn = (column: TaskSeen['column']) => tasks.filter((task) => task.column === column);
  const counts = {
    pending: inColumn('pending').length,
    current: inColumn('current').length,
    complete: inColumn('complete').length,
    unreadable: unreadable.length,
  };
  if (options.json) {
    console.log(JSON.stringify({ counts, tasks, unreadable }, null, 2));
    return exitCodes.ok;
  }
  const section = (title: string, column: TaskSeen['column']) => {
    const rows = inColumn(column).map(({ id, worker, waitsFor, status, reason, summary }) => {
      const why =
        status === 'blocked' ? `blocked: ${reason ?? ''}` : waitsFor.length > 0 ? `after ${waitsFor.join(', ')}` : '';
      return [id, worker ?? '', why, summary].map((cell) => clean(cell));
    });
    return rows.length > 0 ? ['', title, table(['task', 'worker', 'waits', 'summary'], rows)] : [];
  };
  const lines = [
    'Task Status:',
    `  Pending:  ${counts.pending}`,
    `  Current:  ${counts.current}`,
    `  Complete: ${counts.complete}`,
    ...section('Pending tasks:', 'pending'),
    ...section('In-progress tasks:', 'current'),
    ...(unreadable.length > 0 ? [''] : []),
    ...unreadable.map(({ file, reason }) => `unreadable: ${clean(file)}: ${clean(reason)}`),
  ];
  console.log(lines.join('\n'));
  return exitCodes.ok;
}
