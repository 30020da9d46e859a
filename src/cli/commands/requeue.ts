// `oompa requeue [tasks…]`: gives blocked tasks, or tasks that lie in current without a worker, back to the swarm.
import { say } from '../say.ts';
import { askLead } from '../wishes.ts';
import { needLatest, openWorkspace } from '../workspace.ts';
import type { Invocation } from './index.ts';

export async function run({ args, options }: Invocation): Promise<number> {
  const paths = openWorkspace();
  const named = (args.flat() as (string | undefined)[]).filter((id): id is string => id !== undefined);
  const stuck = Object.values(needLatest(paths).state.tasks).filter(
    (task) => task.status === 'blocked' || (task.column === 'current' && task.worker === null),
  );
  const tasks = named.length > 0 ? named : stuck.map((task) => task.id);
  if (tasks.length === 0) return say(options, 'nothing to requeue', { asked: 0, requeued: 0 });
  const { before, after } = await askLead(paths, { wish: 'requeue', tasks });
  const told = after.notices.filter(
    (notice) => notice.seq > before.state.seq && notice.text.startsWith('cannot requeue'),
  );
  const requeued = tasks.length - told.length;
  const line = requeued > 0 ? `requeued ${requeued} of ${tasks.length}` : null;
  return say(
    options,
    line,
    { asked: tasks.length, requeued },
    told.map(({ text }) => text),
  );
}
