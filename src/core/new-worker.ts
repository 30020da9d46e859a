// A worker before its first day.
import type { WorkerConfig } from './config.ts';
import { freshLog } from './records.ts';
import type { SeatKind } from './seats/kinds.ts';
import type { Worker } from './state.ts';
import { noUsage } from './usage.ts';

export function newWorker(id: string, seat: SeatKind, spec: WorkerConfig, at: string): Worker {
  return {
    id,
    seat,
    spec,
    status: 'starting',
    since: at,
    why: null,
    wanted: 'run',
    worktree: null,
    pane: null,
    turn: null,
    next: null,
    ask: null,
    turns: 0,
    cycle: 1,
    finished: 0,
    turnsInCycle: 0,
    silent: 0,
    followUps: 0,
    rounds: 0,
    sentBack: 0,
    claims: [],
    restUntil: null,
    waitingSince: null,
    looked: null,
    log: freshLog,
    suggested: null,
    leaving: false,
    retired: false,
    planned: null,
    change: null,
    conversation: null,
    failures: 0,
    retryAt: null,
    unread: [],
    usage: noUsage,
    uncharged: noUsage,
  };
}
