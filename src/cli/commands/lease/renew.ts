// `oompa lease renew [paths...]`: puts off the end of one's own leases.
import type { Invocation } from '../index.ts';
import { callerOf, selectionOf, tell } from './said.ts';

export async function run({ args, options }: Invocation): Promise<number> {
  const { leases, owner } = await callerOf(options);
  const ttl = options.ttl === undefined ? {} : { ttlMs: Number(options.ttl) * 1_000 };
  return tell('renewed', await leases.renew(owner, { ...selectionOf(args, options), ...ttl }), options);
}
