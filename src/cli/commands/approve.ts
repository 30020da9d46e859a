// `oompa approve <change>`: approves exactly what the change is now.
import { checksDigest } from '../../core/select.ts';
import { findChange } from '../changes.ts';
import { say } from '../say.ts';
import { askLead } from '../wishes.ts';
import { needLatest, openWorkspace } from '../workspace.ts';
import type { Invocation } from './index.ts';

export async function run({ args: [text = ''], options }: Invocation): Promise<number> {
  const paths = openWorkspace();
  const change = findChange(needLatest(paths).state, text);
  const { after } = await askLead(paths, {
    wish: 'approve',
    change: change.id,
    head: change.id,
    base: change.integration?.base ?? change.base,
    checks: checksDigest(change),
  });
  const now = after.changes[change.id];
  const approved = Boolean(now?.approval) || now?.status === 'handed-in';
  const line = approved ? `approved ${change.id.slice(0, 10)} ${change.title}` : null;
  const trouble = approved ? [] : [after.notices.at(-1)?.text ?? 'not approved'];
  return say(options, line, { change: change.id, approved }, trouble);
}
