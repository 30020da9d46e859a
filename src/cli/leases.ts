// Leases of this repository, and whose they are.
import { join } from 'node:path';
import { readLock } from '../disk/lock.ts';
import type { Paths } from '../disk/paths.ts';
import type { Leases, Owner } from '../leases/contract.ts';
import { createLeases } from '../leases/leases.ts';
import type { Identity } from './identity.ts';

export function openLeases(paths: Pick<Paths, 'leases' | 'root'>): Leases {
  return createLeases({ root: paths.leases, repository: paths.root });
}

/** With the runner that the worker has now: leases of a dead one end. */
export function ownerOf(paths: Paths, address: string): Owner {
  const lock = readLock(join(paths.worker(address), 'lock'));
  return { address, process: lock && { pid: lock.pid, start: lock.start, boot: lock.boot } };
}

/** A sign of life of an agent: what it holds goes on. For every command that it calls; never throws, because it is beside the point there. */
export async function heartbeat({ address, isAgent, paths }: Identity): Promise<void> {
  if (!isAgent) return;
  await openLeases(paths)
    .renew(ownerOf(paths, address), { due: true })
    .catch(() => {});
}
