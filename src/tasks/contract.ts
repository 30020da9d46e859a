// The contract of the board: task files in pending/, current/ and complete/. `lead` alone moves them; agents ask.
import type { TaskSeen } from '../core/event.ts';

export interface BoardScan {
  tasks: TaskSeen[];
  /** Files that are not tasks, each with a reason for people: syntax error with line, bad id, duplicate id and where its twin is. */
  unreadable: { file: string; reason: string }[];
}

export interface ClaimResult {
  claimed: string[];
  /** `why`: `taken` (somebody has it), `not-found`, `duplicate`, `unreadable`, or a file system reason. */
  refused: { id: string; why: string }[];
}

/** Everything a completed task file is told; written in the file's own format (`:completed-by` / `completed-by`, …). */
export interface Completion {
  by: string;
  at: string;
  commit: string;
  reviewRounds: number;
}

/** What a planner left in its copy of the board. Files are named as they lay there: `pending/a.json`. */
export interface Collected {
  /** New tasks that are on the board now. */
  added: TaskSeen[];
  /** Files that are no task, or have an id or name that the board has; kept as `<file>.refused`. */
  refused: { file: string; why: string }[];
  /** Files of the board that were edited, moved or deleted there. */
  discarded: string[];
}

export interface Board {
  /** The whole board. Reads only files whose inode, size or mtime changed since the last scan of this object. */
  scan(): Promise<BoardScan>;
  /**
   * Moves pending tasks to current, each to exactly one winner whatever other processes do, never overwriting. Asked again
   * with tasks that already are in current it answers `taken`; pass `mine` to say which of those are this worker's already.
   */
  claim(ids: readonly string[], options?: { mine?: (id: string) => boolean }): Promise<ClaimResult>;
  /** Puts a file that a worker moved into its own folder (`from`, absolute) on the shared board's current. Idempotent. */
  adopt(from: string): Promise<ClaimResult>;
  /** Moves current → pending and appends {reason, feedback} to the file's `attempts`. Idempotent. */
  release(
    ids: readonly string[],
    note: { by: string; at: string; reason: string; feedback: string | null },
  ): Promise<void>;
  /** Moves current → complete, annotated. Idempotent. */
  complete(ids: readonly string[], completion: Completion): Promise<void>;
  /** The file's text as it is, and its column, or null. */
  read(id: string): Promise<{ id: string; file: string; column: TaskSeen['column']; text: string } | null>;
  /** Makes a worker's own view next to its worktree: `pending` (link to the shared folder), `current`, `complete` (own folders). */
  prepareView(folder: string): Promise<void>;
  /**
   * Makes a planner's view for a turn: real folders with copies of the board's files. Asked again for that turn it changes nothing. In
   * place of a view that links to the board, too.
   */
  giveCopy(folder: string, turn: string): Promise<void>;
  /** The turn is over: puts its new tasks on the board, overwriting nothing, and clears the copy away. Asked again it answers the same. */
  collect(folder: string): Promise<Collected>;
  /** Removes a view and its empty folders; whatever else lies there stays. Idempotent. */
  removeView(folder: string): Promise<void>;
  /** Task files that lie in a view's own folders and were not put there by us: claims of a worker, what a planner added. */
  scanView(folder: string): Promise<{ id: string; file: string; path: string }[]>;
}
