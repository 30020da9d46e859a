// What every part of this folder is given: whose repository, whose swarm, and the few things they share.
import type { Paths } from '../disk/paths.ts';
import type { Ancestry } from './ancestry.ts';
import type { Comparing } from './comparing.ts';
import type { Links } from './links.ts';
import type { RefMover } from './ref-mover.ts';
import type { Serial } from './serial.ts';
import type { Trees } from './trees.ts';
import type { Vault } from './vault.ts';
import type { Worktree } from './worktree.ts';

export interface Context {
  paths: Paths;
  swarm: string;
  /** Short name of the branch that changes are merged into. */
  baseBranch: string;
  vault: Vault;
  ancestry: Ancestry;
  trees: Trees;
  links: Links;
  comparing: Comparing;
  refMover: RefMover;
  serial: Serial;
  /** Worktrees that this process has opened, by worker. */
  open: Map<string, Worktree>;
  /** Says what a person should know and no outcome can carry. Not cleaned. */
  notice(text: string): void;
}
