// The processes of a pane: found by session, by descent and by the mark in their environment, and ended. Nothing else is touched.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { markName } from './spec.ts';

export interface Owned {
  /** The program that is asked to end; null when it is not known: all are asked. */
  program: number | null;
  /** The process that leads the session of the pane, as long as its parent still holds it; all of its session is ours. */
  leader: number | null;
  /** Value of the mark, or its beginning when it ends with `/`. */
  mark: string;
}

/**
 * TERM (or `asking`) to the program, up to `graceMs` for it to end, then KILL to whatever is left of the pane. Resolves when nothing is left (a
 * process in uninterruptible sleep is given up after 2 s). A process that left the session and cleared its environment, and whose
 * parents are gone, cannot be told from a stranger: it is left alone.
 */
export async function endProcesses(owned: Owned, graceMs: number, asking: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (process.platform !== 'linux') return endGroups(owned, graceMs);
  const before = findOwned(owned);
  const asked = before.filter((each) => owned.program === null || each.pid === owned.program);
  for (const each of asked) {
    signal(each.pid, asking);
    // A stopped process does not hear it before it goes on.
    signal(each.pid, 'SIGCONT');
  }
  for (const until = performance.now() + graceMs; asked.some(runs) && performance.now() < until; ) await sleep(10);
  for (const until = performance.now() + 2_000; performance.now() < until; await sleep(5)) {
    // Found again each time: a process may have forked since. Those seen first stay ours even when their parent is gone.
    const left = [...before, ...findOwned(owned)].filter(runs);
    if (left.length === 0) return;
    for (const each of left) signal(each.pid, 'SIGKILL');
  }
}

interface Process {
  pid: number;
  parent: number;
  session: number;
  state: string;
  /** Start time in ticks since boot: with the pid it names one process for ever. */
  start: string;
}

function findOwned({ leader, mark }: Owned): Process[] {
  const all = new Map(processes().map((each) => [each.pid, each]));
  const found = new Map<number, Process>();
  for (const each of all.values()) {
    // A process just forked has neither its session nor its environment yet.
    const inSession = leader !== null && (each.pid === leader || each.session === leader);
    if (inSession || isMarked(each.pid, mark)) found.set(each.pid, each);
  }
  const children = Map.groupBy(all.values(), (each) => each.parent);
  for (const each of found.values()) for (const child of children.get(each.pid) ?? []) found.set(child.pid, child);
  // `oompa stop` may be run from inside a pane; it must get to its end.
  for (let self = all.get(process.pid); self; self = all.get(self.parent)) found.delete(self.pid);
  return [...found.values()];
}

function processes(): Process[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => readProcess(Number(pid))).filter((each) => each !== null);
}

function readProcess(pid: number): Process | null {
  const text = readIfThere(`/proc/${pid}/stat`);
  // The name in parentheses may hold anything, spaces and parentheses too.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields.length < 20) return null;
  return {
    pid,
    state: fields[0] ?? '',
    parent: Number(fields[1]),
    session: Number(fields[3]),
    start: fields[19] ?? '',
  };
}

function isMarked(pid: number, mark: string): boolean {
  const entry = `\0${readIfThere(`/proc/${pid}/environ`)}`.split(`\0${markName}=`)[1]?.split('\0')[0];
  return entry !== undefined && (mark.endsWith('/') ? entry.startsWith(mark) : entry === mark);
}

function runs(known: Process): boolean {
  const now = readProcess(known.pid);
  return now !== null && now.start === known.start && now.state !== 'Z' && now.state !== 'X';
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

function signal(target: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(target, name);
    return true;
  } catch {
    return false;
  }
}

/** Without /proc: the process groups of the program and of the leader. */
async function endGroups({ program, leader }: Owned, graceMs: number): Promise<void> {
  const asked = program ?? leader;
  if (asked !== null && signal(asked, 'SIGTERM')) {
    for (const until = performance.now() + graceMs; signal(asked, 0) && performance.now() < until; ) await sleep(10);
  }
  for (const group of [program, leader]) if (group !== null) signal(-group, 'SIGKILL');
}
