// State: the fold of the journal. Never saved. Plain immutable values; instants are ISO 8601 text.
import type { Config, WorkerConfig } from './config.ts';
import type { Effect } from './effect.ts';
import type { ChangedFile, CheckResult, ConflictSide } from './event.ts';
import type { CycleLog, Notice, RunRecord } from './records.ts';
import type { SeatKind } from './seats/kinds.ts';
import type { Verdict } from './signals.ts';
import type { Ask, TurnKind, Usage } from './turn.ts';

export type SwarmStatus = 'running' | 'stopping' | 'stopped';

export interface Swarm {
  id: string;
  root: string;
  base: { branch: string; sha: string };
  config: Config;
  /** Model string → whose service it asks, where that is known. */
  providers: Readonly<Record<string, string>>;
  configFile: string | null;
  status: SwarmStatus;
  startedAt: string;
  /** Whether the board was read at least once. */
  boardSeen: boolean;
  /** seq of the last event that brought a new task, took one away, or blocked one. */
  boardAt: number;
  /** Why it is stopping or stopped. */
  stopReason: 'completed' | 'interrupted' | null;
  /** The latest supervisor process. */
  pid: number | null;
  panes: 'tmux' | 'pty' | 'memory' | null;
  panesReason: string | null;
  /** What could not be taken down, once stopped. */
  left: string[];
}

export type WorkerStatus =
  | 'starting'
  | 'idle'
  | 'working'
  | 'needs-you'
  | 'limited'
  | 'stalled'
  | 'exited'
  | 'failed'
  | 'paused'
  | 'stopping'
  | 'stopped';

/** A turn that should be sent as soon as the worker can take one. */
export interface NextTurn {
  kind: TurnKind;
  note: string;
}

export interface Worker {
  id: string;
  seat: SeatKind;
  spec: WorkerConfig;
  status: WorkerStatus;
  /** Since when it has this status, and why. */
  since: string;
  why: string | null;
  /** What the operator wants of it. */
  wanted: 'run' | 'pause' | 'stop';
  worktree: { path: string; branch: string; base: string } | null;
  pane: string | null;
  /** The turn in flight. */
  turn: { id: string; kind: TurnKind; note: string; sentAt: string; review: string | null } | null;
  next: NextTurn | null;
  /** What its harness waits for a person to do. */
  ask: Ask | null;
  /** Turns sent, ever; numbers the turn ids. */
  turns: number;
  /** 1 for the first cycle. */
  cycle: number;
  /** Cycles that count against `iterations`. */
  finished: number;
  /** Turns sent in this cycle; turns in a row without a signal; follow-ups asked in this cycle; automatic send-backs in this cycle. */
  turnsInCycle: number;
  silent: number;
  followUps: number;
  rounds: number;
  /** Send-backs in this cycle, the operator's among them. */
  sentBack: number;
  claims: string[];
  /** Before this the next cycle does not begin (`wait_between`); null: no pause. */
  restUntil: string | null;
  /** Since when it waits for a task while none is under way. */
  waitingSince: string | null;
  /** The base at which it last looked around without coming to a task: it looks again when there is another. */
  looked: string | null;
  log: CycleLog;
  /** The task lead offered with the latest turn. */
  suggested: string | null;
  /** It said __DONE__: it stops when its change has landed. */
  leaving: boolean;
  /** It stopped by itself: it is done, has spent its cycles, or waited in vain. */
  retired: boolean;
  /**
   * Of a planner: the base and the last event that its latest turn began from, and how many turns before that one began from the same
   * state of things; null before the first one.
   */
  planned: { base: string; seq: number; again: number } | null;
  /** The change that waits in review. */
  change: string | null;
  conversation: string | null;
  /** Crashes and errors in a row, and when to try again. */
  failures: number;
  retryAt: string | null;
  unread: { id: string; from: string; subject: string }[];
  usage: Usage;
  /** Of that, what was used in this cycle before anything was claimed. */
  uncharged: Usage;
}

export type TaskStatus = 'pending' | 'claimed' | 'handed-in' | 'merged' | 'blocked';

export interface Task {
  id: string;
  file: string;
  column: 'pending' | 'current' | 'complete';
  summary: string;
  priority: number | null;
  dependsOn: string[];
  /** Patterns of the files that it is about; none: it may be about any. */
  files: string[];
  status: TaskStatus;
  since: string;
  worker: string | null;
  change: string | null;
  /** Cycles that failed on it. */
  attempts: number;
  reason: string | null;
  /** What the turns for it have used, in all attempts. */
  usage: Usage;
}

export type ChangeStatus =
  | 'handed-in'
  | 'checking'
  | 'reviewing'
  | 'awaiting-approval'
  | 'queued'
  | 'merging'
  | 'merged'
  | 'rejected'
  | 'conflicted'
  | 'lapsed'
  | 'withdrawn';

/** The change merged onto one base: a commit on no branch, and what the checks said of its tree. */
export interface Integration {
  base: string;
  commit: string;
  tree: string;
  checks: CheckResult[];
}

/** What reviewers came to on a change. The verdict is for its head: another head is another change. */
export interface Review {
  /** Null: none yet, or, once the change waits for approval, that nobody could give one. */
  verdict: Verdict | null;
  /** The seat that gave it, and its words. */
  by: string | null;
  said: string;
  /** Seats that came to no verdict, and why. */
  failed: { by: string; why: string }[];
  /** Turns without a verdict of the reviewer that is asked now. */
  silent: number;
}

export interface Change {
  /** Its head SHA. */
  id: string;
  worker: string;
  tasks: string[];
  title: string;
  /** merge-base at hand-in. */
  base: string;
  files: ChangedFile[];
  added: number;
  removed: number;
  status: ChangeStatus;
  since: string;
  handedInAt: string;
  /** Send-backs before this one, whoever sent it back. */
  round: number;
  integration: Integration | null;
  /** Files that were not its worker's to change, as of the latest integration. */
  escapes: string[];
  /** Null where nobody reviews. */
  review: Review | null;
  /** Order in the merge queue: seq of the approval. */
  approval: { by: string; at: string; seq: number; head: string; base: string; checks: string } | null;
  reason: string | null;
  conflict: { files: string[]; with: ConflictSide[] } | null;
  /** Why it cannot land now though it is approved. */
  held: { reason: string; files: string[]; retryAt: string } | null;
  landed: string | null;
}

/** An effect asked for and unanswered. With `retryAt` it failed and waits to be asked again. */
export interface Pending {
  effect: Effect;
  /** When it was asked for. */
  at: string;
  failures: number;
  retryAt: string | null;
}

/** What keeps all workers of one account or provider from starting turns. `until` null: until the operator acts. */
export interface Hold {
  kind: 'limited' | 'login';
  until: string | null;
  failures: number;
  why: string;
}

export interface State {
  /** seq of the last event folded; -1 for none. */
  seq: number;
  at: string;
  swarm: Swarm | null;
  workers: Readonly<Record<string, Worker>>;
  tasks: Readonly<Record<string, Task>>;
  changes: Readonly<Record<string, Change>>;
  /** Effect id → asked for and unanswered. */
  pending: Readonly<Record<string, Pending>>;
  /** Account (harness or alias), or provider → what holds its workers. */
  holds: Readonly<Record<string, Hold>>;
  unreadable: Readonly<Record<string, string>>;
  /** Newest last, at most 100. */
  notices: readonly Notice[];
  /** What came to its end, newest last, at most 1,000: run artifacts are written from these. */
  records: readonly RunRecord[];
  /** Message-IDs of handled mail, newest last, at most 1,000. */
  handled: readonly string[];
}

export const emptyState: State = {
  seq: -1,
  at: '',
  swarm: null,
  workers: {},
  tasks: {},
  changes: {},
  pending: {},
  holds: {},
  unreadable: {},
  notices: [],
  records: [],
  handled: [],
};
