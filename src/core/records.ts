// What a run is remembered by: the log of the cycle that a worker is in, and a record of each thing that came to its end.
import type { SwarmStopped } from './event.ts';
import type { Verdict } from './signals.ts';
import type { TurnErrorClass, TurnKind, Usage } from './turn.ts';

/** A turn that is over. */
export interface TurnLog {
  turn: string;
  kind: TurnKind;
  sentAt: string;
  /** 1 for the first run; more when a crash made the runner take it again. */
  attempt: number;
  /** `lost`: its pane was closed before it answered. */
  outcome: 'done' | 'failed' | 'stopped' | 'lost';
  exitCode: number | null;
  error: TurnErrorClass | null;
  /** What it asked for, in words such as `claim:parser`, `merge`, `working`, `error:crash`. */
  signals: readonly string[];
  conversation: string | null;
  usage: Usage | null;
  durationMs: number;
}

/** What a cycle is made of so far. */
export interface CycleLog {
  /** When its first turn was sent. */
  startedAt: string | null;
  turns: readonly TurnLog[];
  /** Tasks claimed, and tasks given back. */
  claimed: readonly string[];
  released: readonly string[];
  /** How long each verdict on its changes took; as many as there were review rounds. */
  reviewMs: readonly number[];
}

export const freshLog: CycleLog = { startedAt: null, turns: [], claimed: [], released: [], reviewMs: [] };

/**
 * How a cycle ended. `rejected`: sent back too often; `sync-failed`: conflicted too often; `no-changes`: nothing to hand in;
 * `done`: the worker said __DONE__; `interrupted`: it was stopped; `error`: the harness, the runner or an effect failed.
 */
export const cycleOutcomes = [
  'merged',
  'rejected',
  'sync-failed',
  'no-changes',
  'needs-followup',
  'stuck',
  'done',
  'interrupted',
  'error',
] as const;
export type CycleOutcome = (typeof cycleOutcomes)[number];

export interface CycleRecord {
  kind: 'cycle';
  worker: string;
  cycle: number;
  outcome: CycleOutcome;
  /** Why it ended, where that is not plain from the outcome. */
  reason: string | null;
  /** The change that was merged, and the commit it was merged as. */
  change: string | null;
  commit: string | null;
  /** Send-backs. */
  rounds: number;
  conversation: string | null;
  worktree: { path: string; branch: string } | null;
  log: CycleLog;
}

/** One verdict on one change: of the checks, of the merge (a conflict), of a reviewer, of the policy or of the operator. */
export interface ReviewRecord {
  kind: 'review';
  worker: string;
  cycle: number;
  /** Counts the verdicts of a cycle, from 1. */
  round: number;
  change: string;
  tasks: readonly string[];
  by: string;
  verdict: Verdict;
  /** What the worker was told, or the reviewer said; empty for a plain yes. */
  output: string;
  files: readonly string[];
  durationMs: number;
}

/** What a person is told. */
export interface Notice {
  seq: number;
  at: string;
  level: 'info' | 'warn' | 'error';
  text: string;
}

export type RunRecord = { seq: number; at: string } & (
  | { kind: 'started' }
  | ({ kind: 'stopped' } & SwarmStopped)
  | CycleRecord
  | ReviewRecord
);
