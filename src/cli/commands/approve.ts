// `oompa approve <change>`: approves exactly what the change is now.
import { exitCodes } from '../../core/errors.ts';
import { checksDigest } from '../../core/select.ts';
import { findChange } from '../changes.ts';
import { askLead } from '../wishes.ts';
import { needLatest, openWorkspace } from '../workspace.ts';
import type { Invocation } from './index.ts';

export async function run({ args: [text = ''] }: Invocation): Promise<number> {
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
  if (now?.approval || now?.status === 'handed-in') {
    console.log(`approved ${change.id.slice(0, 10)} ${change.title}`);
    return exitCodes.ok;
  }
  console.error(`oompa: ${after.notices.at(-1)?.text ?? 'not approved'}`);
  return exitCodes.failed;
}
