// `oompa reject <change> -m TEXT`: sends a change back; the worker reads the note in its next turn.
import { findChange } from '../changes.ts';
import { say } from '../say.ts';
import { askLead } from '../wishes.ts';
import { needLatest, openWorkspace } from '../workspace.ts';
import type { Invocation } from './index.ts';

export async function run({ args: [text = ''], options }: Invocation): Promise<number> {
  const paths = openWorkspace();
  const change = findChange(needLatest(paths).state, text);
  const { after } = await askLead(paths, { wish: 'reject', change: change.id, note: String(options.message ?? '') });
  const rejected = after.changes[change.id]?.status === 'rejected';
  const line = rejected ? `sent back ${change.id.slice(0, 10)} to ${change.worker}` : null;
  const trouble = rejected ? [] : [after.notices.at(-1)?.text ?? 'not rejected'];
  return say(options, line, { change: change.id, worker: change.worker, rejected }, trouble);
}
