// `oompa requeue [tasks…]`: gives blocked tasks, or tasks that lie in current without a worker, back to the swarm.
import { exitCodes } from '../../core/errors.ts';
import { askLead } from '../wishes.ts';
import { needLatest, openWorkspace } from '../workspace.ts';
import type { Invocation } from './index.ts';

export async function run({ args }: Invocation): Promise<number> {
  const paths = openWorkspace();
  const named = (args.flat() as (string | undefined)[]).filter((id): id is string => id !== undefined);
  const stuck = Object.values(needLatest(paths).state.tasks).filter(
    (task) => task.status === 'blocked' || (task.column === 'current' && task.worker === null),
  );
  const tasks = named.length > 0 ? named : stuck.map((task) => task.id);
  if (tasks.length === 0) {
    console.log('nothing to requeue');
    return exitCodes.ok;
  }
  const { before, after } = await askLead(paths, { wish: 'requeue', tasks });
  const told = after.notices.filter(
    (notice) => notice.seq > before.state.seq && notice.text.startsWith('cannot requeue'),
  );
  for (const { text } of told) console.error(`oompa: ${text}`);
  if (told.length < tasks.length) console.log(`requeued ${tasks.length - told.length} of ${tasks.length}`);
  return told.length > 0 ? exitCodes.failed : exitCodes.ok;
}
