// The contract of git work: worktrees of workers, their commits, and merges made in the vault. Adapters throw EffectError.
import type { Check } from '../core/config.ts';
import type { ChangedFile, CheckResult, ConflictSide } from '../core/event.ts';

export interface WorktreeInfo {
  worker: string;
  /** Absolute path of the tree. */
  path: string;
  /** Short branch name, `oompa/<swarm>/<worker>`. */
  branch: string;
  /** Commit that HEAD points at. */
  head: string;
}

export interface Committed {
  head: string;
  /** merge-base of head and the base branch. */
  base: string;
  files: ChangedFile[];
  /** Files with conflict markers that came from `openConflict` and are still there. */
  markers: string[];
}

export type IntegrateResult =
  | { kind: 'merged'; base: string; commit: string; tree: string; checks: CheckResult[] }
  | { kind: 'conflicted'; base: string; files: string[]; with: ConflictSide[] };

export type LandResult =
  | { kind: 'landed'; commit: string }
  /** The base branch is elsewhere. */
  | { kind: 'raced'; base: string }
  /** The operator's files are in the way; nothing was changed. */
  | { kind: 'held'; reason: string; files: string[] };

export interface DiffText {
  files: ChangedFile[];
  /** Unified diff, not cleaned; cut at `limit` bytes on a file border, with what was left out in `omitted`. */
  text: string;
  omitted: string[];
}

export interface Git {
  /** The commit that the base branch points at, without starting a process when the ref can be read from its file. */
  baseSha(): Promise<string>;
  prepareWorktree(worker: string, base: string): Promise<WorktreeInfo>;
  worktrees(): Promise<WorktreeInfo[]>;
  /** Commits all work of the tree with `message`; null when nothing differs from the base. Asked again: the same answer. */
  commitWork(worker: string, message: string): Promise<Committed | null>;
  /** Puts tree and branch back to `base` and cleans untracked files (ignored ones stay). Lost work is kept; returns its ref. */
  resetWorktree(worker: string, base: string, why: string): Promise<{ base: string; saved: string | null }>;
  /** Salvages uncommitted and unmerged work on refs/oompa/salvage/…, then removes tree and branch. Only what oompa made. */
  removeWorktree(worker: string): Promise<{ saved: string | null }>;
  /** Merges `base` into the worktree, leaving markers. Returns the files that need hands; none: it merged clean. */
  openConflict(worker: string, base: string): Promise<{ base: string; files: string[] }>;
  /** Merges head onto base in the vault (same inputs, same commit id), then runs the checks on exactly that tree. */
  integrate(request: {
    head: string;
    base: string;
    message: string;
    at: string;
    checks: readonly Check[];
    checkTimeoutMs: number;
  }): Promise<IntegrateResult>;
  /** Moves the base branch from `base` to `commit` by fast-forward in the checkout that has it, else by compare-and-swap. */
  land(request: { base: string; commit: string }): Promise<LandResult>;
  diff(base: string, head: string, options?: { limit?: number }): Promise<DiffText>;
  /** Uncommitted difference of a worktree against its base, as numbers; null when there is no such worktree. */
  progress(worker: string): Promise<{ files: number; added: number; removed: number } | null>;
  /** Removes what oompa made and nobody needs: check trees, the vault's locks of dead processes. Says what it left and why. */
  close(): Promise<{ left: string[] }>;
}
