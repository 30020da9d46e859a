// Keeps workers/<id>/status.json fresh: live facts for whoever looks, at most five writes a second, none while nothing changes.
import type { WorkerLive } from '../core/turn.ts';
import { writeAtomic } from '../disk/durable.ts';

const gapMs = 200;

export interface Status {
  set(patch: Partial<WorkerLive>): void;
  /** Nothing runs. */
  rest(): void;
  /** Writes what is not written yet. */
  flush(): Promise<void>;
}

/** A status that cannot be written is not worth a turn: errors are dropped, the next change tries again. */
export function createStatus(path: string, worker: string): Status {
  let live: WorkerLive = { worker, pid: process.pid, ...idle(), lastOutputAt: null, lastLine: '', source: 'runner' };
  let dirty = true;
  let writing: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;

  const write = async () => {
    dirty = false;
    await writeAtomic(path, `${JSON.stringify(live)}\n`, { sync: false }).catch(() => {});
  };
  const schedule = () => {
    if (timer || writing) return;
    writing = write().finally(() => {
      writing = null;
      timer = setTimeout(() => {
        timer = null;
        if (dirty) schedule();
      }, gapMs);
    });
  };
  schedule();

  const set = (patch: Partial<WorkerLive>) => {
    live = { ...live, ...patch };
    dirty = true;
    schedule();
  };

  return {
    set,
    rest: () => set(idle()),
    async flush() {
      await writing;
      if (timer) clearTimeout(timer);
      timer = null;
      if (dirty) await write();
    },
  };
}

function idle(): Pick<WorkerLive, 'activity' | 'turn' | 'attempt' | 'since'> {
  return { activity: 'idle', turn: null, attempt: 0, since: new Date().toISOString() };
}
