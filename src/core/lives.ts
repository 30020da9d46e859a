// The lives of worker, task and change as tables: a pair that is not in the table changes nothing.
import type { ChangeStatus, TaskStatus, WorkerStatus } from './state.ts';

type Life<S extends string> = Readonly<Record<S, readonly S[]>>;

export const workerLife: Life<WorkerStatus> = {
  starting: ['idle', 'working', 'paused', 'exited', 'failed', 'stopping'],
  idle: ['working', 'limited', 'needs-you', 'paused', 'exited', 'failed', 'stopping'],
  working: ['idle', 'paused', 'needs-you', 'limited', 'stalled', 'exited', 'failed', 'stopping'],
  'needs-you': ['working', 'idle', 'paused', 'exited', 'failed', 'stopping'],
  limited: ['working', 'idle', 'needs-you', 'paused', 'exited', 'failed', 'stopping'],
  stalled: ['working', 'idle', 'paused', 'exited', 'failed', 'stopping'],
  exited: ['starting', 'failed', 'paused', 'stopping'],
  failed: ['starting', 'stopping'],
  paused: ['idle', 'starting', 'working', 'exited', 'failed', 'stopping'],
  stopping: ['stopped'],
  stopped: ['starting'],
};

export const taskLife: Life<TaskStatus> = {
  pending: ['claimed', 'merged', 'blocked'],
  claimed: ['handed-in', 'pending', 'blocked', 'merged'],
  'handed-in': ['claimed', 'merged', 'pending', 'blocked'],
  merged: ['pending'],
  blocked: ['pending', 'merged'],
};

export const changeLife: Life<ChangeStatus> = {
  'handed-in': ['checking', 'rejected', 'withdrawn'],
  checking: ['reviewing', 'awaiting-approval', 'rejected', 'conflicted', 'lapsed', 'withdrawn'],
  reviewing: ['awaiting-approval', 'rejected', 'lapsed', 'withdrawn'],
  'awaiting-approval': ['queued', 'checking', 'rejected', 'conflicted', 'lapsed', 'withdrawn'],
  queued: ['merging', 'rejected', 'conflicted', 'lapsed', 'withdrawn'],
  merging: ['merged', 'queued', 'rejected', 'conflicted', 'lapsed'],
  merged: [],
  rejected: [],
  conflicted: [],
  lapsed: ['handed-in', 'rejected', 'withdrawn'],
  withdrawn: [],
};

/** Statuses of a change that something may still come of. */
export const openChange: readonly ChangeStatus[] = [
  'handed-in',
  'checking',
  'reviewing',
  'awaiting-approval',
  'queued',
  'merging',
  'lapsed',
];

export function mayBecome<S extends string>(life: Life<S>, from: S, to: S): boolean {
  return life[from].includes(to);
}
