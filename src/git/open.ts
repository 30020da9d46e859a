// Puts together what every part of this folder is given.
import { clean } from '../core/clean.ts';
import type { Paths } from '../disk/paths.ts';
import { createAncestry } from './ancestry.ts';
import { createComparing } from './comparing.ts';
import type { Context } from './context.ts';
import { createLinks } from './links.ts';
import { createRefMover } from './ref-mover.ts';
import { createSerial } from './serial.ts';
import { createTrees } from './trees.ts';
import { openVault } from './vault.ts';

export interface GitInit {
  paths: Paths;
  swarm: string;
  /** Short name; see `detectBase`. */
  baseBranch: string;
  /** Told what a person should know and no outcome can carry: repairs, things set aside. One cleaned line. */
  notice?: ((text: string) => void) | undefined;
}

/** Makes the vault where it is missing. */
export async function openContext({ paths, swarm, baseBranch, notice = () => {} }: GitInit): Promise<Context> {
  const vault = await openVault(paths);
  const trees = createTrees(vault.objects);
  return {
    ...{ paths, swarm, baseBranch, vault, trees },
    serial: createSerial(),
    ancestry: createAncestry(vault.objects),
    comparing: createComparing(vault.objects, trees),
    refMover: createRefMover(vault.theirs()),
    links: createLinks(vault.objects),
    open: new Map(),
    notice: (text) => notice(clean(text)),
  };
}
