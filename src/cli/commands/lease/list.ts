// `oompa lease list`: who holds what, and who waits.
import { clean } from '../../../core/clean.ts';
import { exitCodes } from '../../../core/errors.ts';
import type { Invocation } from '../index.ts';
import { callerOf, leaseTable } from './said.ts';

export async function run({ options }: Invocation): Promise<number> {
  const { leases } = await callerOf(options);
  const found = leases.list();
  if (options.json) console.log(JSON.stringify(found, null, 2));
  else {
    const all = [...found.leases, ...found.waiting];
    console.log(all.length > 0 ? leaseTable(all) : 'no leases');
    for (const problem of found.problems) console.error(`oompa: ${clean(problem)}`);
  }
  return exitCodes.ok;
}
