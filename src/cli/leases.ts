// Leases of this repository, and whose they are.
import type { Paths } from '../disk/paths.ts';
import type { Leases, Owner } from '../leases/contract.ts';
import { createLeases } from '../leases/leases.ts';
import type { Identity } from './identity.ts';
import { createPresence } from './presence.ts';

export function openLeases(paths: Pick<Paths, 'leases' | 'root'>): Leases {
  return createLeases({ root: paths.leases, repository: paths.root });
}

/** With the runner that the worker has now: leases of a dead one end. */
export function ownerOf(paths: Paths, address: string): Owner {
  return { address, process: createPresence(paths).processOf(address) };
}

/** A sign of life of an agent: what it holds goes on. For every command that it calls; never throws, because it is beside the point there. */
export async function heartbeat({ address, isAgent, paths }: Identity): Promise<void> {
  if (!isAgent) return;
  await openLeases(paths)
    .renew(ownerOf(paths, address), { due: true })
    .catch(() => {});
}
