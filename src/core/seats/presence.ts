// Whether a seat will take a turn by itself, sooner or later, or only when the operator does something.
import type { Worker, WorkerStatus } from '../state.ts';

const presence: Readonly<Record<WorkerStatus, 'here' | 'later' | 'gone'>> = {
  starting: 'here',
  idle: 'here',
  working: 'here',
  stalled: 'here',
  exited: 'here',
  limited: 'later',
  'needs-you': 'gone',
  failed: 'gone',
  paused: 'gone',
  stopping: 'gone',
  stopped: 'gone',
};

/** `here`: soon. `later`: when a limit ends. `gone`: not by itself. */
export function presenceOf(worker: Worker): 'here' | 'later' | 'gone' {
  return worker.wanted === 'run' ? presence[worker.status] : 'gone';
}

export function returns(worker: Worker): boolean {
  return presenceOf(worker) === 'here';
}
