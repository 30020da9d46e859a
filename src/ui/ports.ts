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

/** A message to the operator that waits. Its texts are as they were written: not cleaned. */
export interface Mail {
  id: string;
  from: string;
  /** `note`, or a type such as QUESTION. */
  type: string;
  task: string | null;
  subject: string;
  /** ISO 8601: when it was sent. */
  at: string;
  /** What it asks to decide; null when it asks nothing. */
  question: Question | null;
}

export interface Question {
  text: string;
  /** Empty: any words answer it. */
  options: readonly string[];
  /** What is decided at the deadline when nobody answers. */
  default: string | null;
  /** ISO 8601. */
  deadline: string | null;
}

/** The operator's mailbox. What cannot be done rejects with a reason for people. */
export interface Mailbox {
  /** Open questions and other unread mail, the oldest first; null when nothing moved since it was asked last. */
  list(): Promise<readonly Mail[] | null>;
  /** Tells when `list` may have news. A hint. Returns the unsubscribe. */
  onHint(listener: () => void): () => void;
  /** What a message says, besides the question as `list` gives it; null when it is gone. */
  text(id: string): Promise<string | null>;
  /** Decides a question; of all screens, and its default, one does. */
  decide(id: string, decision: string): Promise<void>;
  /** Answers a message; that of no question is done by it. Resolves to what the operator should know of the recipient. */
  reply(id: string, text: string): Promise<readonly string[]>;
  /** Puts a message away; a question is not answered by it. */
  done(id: string): Promise<void>;
}

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
  mail: Mailbox;
  supervisorUp(): Promise<boolean>;
}

/** Wall time in ms since 1970 for ages, and a monotonic one for spans. */
export interface Clock {
  wall(): number;
  monotonic(): number;
}

export const systemClock: Clock = { wall: () => Date.now(), monotonic: () => performance.now() };
