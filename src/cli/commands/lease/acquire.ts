// `oompa lease acquire <paths...>`: all of them or none.
import { exitCodes } from '../../../core/errors.ts';
import type { Invocation } from '../index.ts';
import { callerOf, deny, leaseTable, modeOf, pathsIn, textOf } from './said.ts';

export async function run({ args, options }: Invocation): Promise<number> {
  const { leases, owner } = await callerOf(options);
  const answer = await leases.acquire(pathsIn(args), {
    owner,
    task: textOf(options.task),
    mode: modeOf(options),
    ...(options.ttl === undefined ? {} : { ttlMs: Number(options.ttl) * 1_000 }),
    waitMs: Number(options.wait ?? 0) * 1_000,
  });
  if (!answer.granted) return deny(answer.conflicts, options, { granted: false });
  console.log(options.json ? JSON.stringify(answer, null, 2) : `granted:\n${leaseTable([answer.lease])}`);
  return exitCodes.ok;
}
