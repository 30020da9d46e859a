// The sensor of the board: differences between the task files and the state become one event.
import { clean } from '../../core/clean.ts';
import type { TaskSeen } from '../../core/event.ts';
import { traitsOf } from '../../core/seats/kinds.ts';
import type { State } from '../../core/state.ts';
import type { Sight, World } from '../contract.ts';

/** `readViewOf` looks into one worker's own folders: what left the board may lie there, claimed by `mv`. */
export async function readBoard(
  world: World,
  sight: Sight,
  readViewOf: (worker: string) => Promise<void>,
): Promise<void> {
  const before = sight.state();
  const { tasks, unreadable } = await world.board.scan();
  const present = new Set(tasks.map(({ id }) => id));
  if (Object.keys(before.tasks).some((id) => !present.has(id)))
    for (const { id, worktree } of Object.values(before.workers)) if (worktree) await readViewOf(id);
  const state = sight.state();
  // Tasks that moved on while we were reading are judged at the next look.
  const moved = new Set(Object.keys(state.tasks).filter((id) => state.tasks[id] !== before.tasks[id]));
  const seen = tasks.map(tidy).filter((task) => !moved.has(task.id) && differs(state, task));
  // A file that cannot be read now is not gone.
  const kept = new Set(unreadable.map(({ file }) => file.split('/').at(-1)));
  const gone = Object.values(state.tasks).filter(
    (task) => !present.has(task.id) && !moved.has(task.id) && !kept.has(task.file),
  );
  const lost = gone.filter(
    (task) => task.worker === null || !state.notices.some((notice) => notice.text.includes(`file of task ${task.id} `)),
  );
  const sameTrouble =
    unreadable.length === Object.keys(state.unreadable).length &&
    unreadable.every(({ file, reason }) => state.unreadable[file] === reason);
  if (state.swarm?.boardSeen && seen.length === 0 && lost.length === 0 && sameTrouble) return;
  await sight.dispatch({ type: 'board.changed', seen, gone: lost.map(({ id }) => id), unreadable });
}

/** Claims that lie in a worker's own folders. What lies in a copy is none. */
export async function readView(world: World, sight: Sight, worker: string): Promise<void> {
  if (traitsOf[sight.state().workers[worker]?.seat ?? 'worker'].copiesBoard) return;
  for (const { id, path } of await world.board.scanView(world.paths.view(worker))) {
    const claimed = sight.state().workers[worker]?.claims.includes(id);
    const adopting = Object.values(sight.state().pending).some(
      ({ effect }) => effect.type === 'tasks.adopt' && effect.file === path,
    );
    if (!adopting && !(claimed && sight.state().tasks[id]?.column === 'complete'))
      await sight.dispatch({ type: 'claim.seen', worker, task: id, file: path });
  }
}

function tidy(task: TaskSeen): TaskSeen {
  return { ...task, summary: clean(task.summary).slice(0, 300) };
}

function differs(state: State, seen: TaskSeen): boolean {
  const known = state.tasks[seen.id];
  return (
    !known ||
    known.column !== seen.column ||
    known.file !== seen.file ||
    known.summary !== seen.summary ||
    known.priority !== seen.priority ||
    known.dependsOn.join() !== seen.dependsOn.join() ||
    known.files.join('\n') !== seen.files.join('\n')
  );
}
