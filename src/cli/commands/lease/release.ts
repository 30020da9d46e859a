// `oompa lease release [paths...]`: gives one's own leases back.
import type { Invocation } from '../index.ts';
import { callerOf, selectionOf, tell } from './said.ts';

export async function run({ args, options }: Invocation): Promise<number> {
  const { leases, owner } = await callerOf(options);
  return tell('released', await leases.release(owner, selectionOf(args, options)), options);
}
