// `oompa lease check <paths...>`: what acquire would say.
import { exitCodes } from '../../../core/errors.ts';
import type { Invocation } from '../index.ts';
import { callerOf, deny, modeOf, pathsIn } from './said.ts';

export async function run({ args, options }: Invocation): Promise<number> {
  const { leases, owner } = await callerOf(options);
  const conflicts = leases.check(pathsIn(args), { owner, mode: modeOf(options) });
  if (conflicts.length > 0) return deny(conflicts, options, { free: false });
  console.log(options.json ? JSON.stringify({ free: true, conflicts }, null, 2) : 'free');
  return exitCodes.ok;
}
