// What a supervisor is made of. cli/compose puts the concrete adapters in; nothing below knows them.
import type { Event, JournalLine } from '../core/event.ts';
import type { State } from '../core/state.ts';
import type { Paths } from '../disk/paths.ts';
import type { Git } from '../git/contract.ts';
import type { Leases } from '../leases/contract.ts';
import type { Post } from '../mail/contract.ts';
import type { PaneBackend } from '../panes/contract.ts';
import type { Board } from '../tasks/contract.ts';

/** Time from outside, so that tests wind it by hand. */
export interface Clock {
  /** ISO 8601, UTC. */
  now(): string;
  /** Calls back every `ms` until the returned function is called. */
  every(ms: number, callback: () => void): () => void;
}

export interface JournalWriter {
  /** Durable when it resolves. When it rejects, nothing may be done on these lines and the process must end. */
  append(lines: readonly JournalLine[]): Promise<void>;
}

/** The world in the hands of a supervisor. */
export interface World {
  paths: Paths;
  git: Git;
  board: Board;
  post: Post;
  leases: Leases;
  panes: PaneBackend;
  clock: Clock;
  /** Does the chores of all mailboxes: what dead senders and takers left, what expired, acks and decisions that are overdue. */
  keepMail(): Promise<void>;
  /** Whether a person looks at a screen of this swarm. */
  isWatched(): boolean;
  /** Program and arguments of a runner. */
  runner(worker: string): { argv: string[]; env: Record<string, string> };
  /** Text of a role's or a rule's prompt file (`prompts/_scope.md`, or a path from the config). Rejects when there is none. */
  prompt(name: string): Promise<string>;
  /** Ends every process that carries the swarm's tag; gives back those that stayed. */
  sweep(swarm: string): Promise<number[]>;
  watch(folders: readonly string[], onHint: () => void): () => void;
  log(text: string): void;
}

/** Sends an event into the loop. Resolves when it is written down (or nothing followed from it). */
export type Dispatch = (event: Event, origin?: { cause?: string; mail?: string }) => Promise<void>;

export interface Sight {
  state(): State;
  dispatch: Dispatch;
}
