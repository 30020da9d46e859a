// What the face needs from outside, as ports. cli/compose implements them; nothing here knows disk, git or tmux.
import type { ChangedFile, JournalLine } from '../core/event.ts';
import type { Change } from '../core/state.ts';
import type { WorkerLive } from '../core/turn.ts';
import type { Wish } from '../core/wish.ts';

/** Uncommitted work of a worker against its base: files and lines. */
export interface Progress {
  files: number;
  added: number;
  removed: number;
}

/** The difference of a change against its base. `text` is a unified diff, not cleaned; `omitted` are paths left out of it. */
export interface Diff {
  files: readonly ChangedFile[];
  text: string;
  omitted: readonly string[];
}

/** Columns and rows of a terminal or of a part of it. */
export interface Size {
  cols: number;
  rows: number;
}

/**
 * How the operator gets into a pane. `exec`: `run` uses the terminal until the operator comes back (the face lends it, with its
 * own screen put away). `inside`: the face passes keys on and draws the screen itself until Ctrl-q.
 */
export type Attachment =
  | { kind: 'exec'; run(): Promise<void> }
  | { kind: 'inside'; write(bytes: string): void; resize(cols: number, rows: number): void; close?(): void };

export interface Ports {
  /** Calls back with journal lines after the initial state, in order, as they are written. Returns the unsubscribe. */
  journal(onLines: (lines: readonly JournalLine[]) => void): () => void;
  /** What these workers do now. A worker without status is left out. Asked every two seconds, for visible workers only. */
  live(workers: readonly string[]): Promise<Readonly<Record<string, WorkerLive>>>;
  /** Null when the worker has no worktree. Asked for visible, working workers, one at a time. */
  progress(worker: string): Promise<Progress | null>;
  /** The rows of the worker's pane now, top first (SGR colour allowed), or null when it has none. `size`: the room there is to show them. */
  screen(worker: string, size: Size): Promise<readonly string[] | null>;
  diff(change: Change): Promise<Diff>;
  /** The text of a task's file; null when it is gone. */
  taskText(task: string): Promise<string | null>;
  /** Resolves when the wish is delivered to `lead`; what came of it is seen in the journal. Rejects with a reason for people. */
  send(wish: Wish): Promise<void>;
  attach(worker: string): Promise<Attachment>;
  supervisorUp(): Promise<boolean>;
}

/** Wall time in ms since 1970 for ages, and a monotonic one for spans. */
export interface Clock {
  wall(): number;
  monotonic(): number;
}

export const systemClock: Clock = { wall: () => Date.now(), monotonic: () => performance.now() };
