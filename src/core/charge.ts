// What turns used, put down to the tasks that they were for.
import type { Draft } from './draft.ts';
import type { Usage } from './turn.ts';
import { addUsage, noUsage, shareUsage } from './usage.ts';

/**
 * A turn counts for the tasks that its worker holds, evenly. While it holds none it is kept, and counts for what the worker claims next
 * in this cycle; a cycle that comes to no claim counts for no task. A review counts for the tasks of the change.
 */
export function charge(draft: Draft, id: string, usage: Usage, review: string | null = null): void {
  const worker = draft.state.workers[id];
  if (!worker) return;
  const whole = addUsage(worker.uncharged, usage);
  const tasks = review === null ? worker.claims : (draft.state.changes[review]?.tasks ?? []);
  const held = tasks.filter((task) => draft.state.tasks[task]);
  const shares = shareUsage(whole, held.length);
  for (const [index, share] of shares.entries()) {
    const task = draft.state.tasks[held[index] ?? ''];
    if (task) draft.putTask({ ...task, usage: addUsage(task.usage, share) });
  }
  draft.worker(id, { uncharged: held.length > 0 ? noUsage : whole });
}
