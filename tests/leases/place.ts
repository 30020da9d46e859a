// A folder of leases in a repository of its own, with a clock that is wound by hand.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Owner } from '../../src/leases/contract.ts';
import { createLeases } from '../../src/leases/leases.ts';
import { freshFolder } from '../disk/folder.ts';

export const owner = (address: string): Owner => ({ address, process: null });

export function place() {
  const repository = freshFolder();
  mkdirSync(join(repository, '.oompa'));
  const root = join(repository, '.oompa', 'leases');
  let now = Date.parse('2026-09-01T10:00:00.000Z');
  const options = { root, repository, now: () => now };
  return {
    repository,
    root,
    leases: createLeases(options),
    /** As another process sees it. */
    again: () => createLeases(options),
    wind: (ms: number) => {
      now += ms;
    },
  };
}
