// The processes of a pane: found by session, by descent and by the mark in their environment, and ended. Nothing else is touched.
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { markName } from './spec.ts';

export interface Owned {
  /** The program that is asked to end; null when it is not known: all are asked. */
  program: number | null;
  /** Session leader: when it carries the mark (pids are used again), all of its session is ours. */
  leader: number | null;
  /** Value of the mark, or its beginning when it ends with `/`. */
  mark: string;
}

/**
 * TERM to the program, up to `graceMs` for it to end, then KILL to whatever is left of the pane. Resolves when nothing is left (a
 * process in uninterruptible sleep is given up after 2 s). A process that left the session and cleared its environment, and whose
 * parents are gone, cannot be told from a stranger: it is left alone.
 */
export async function endProcesses(owned: Owned, graceMs: number): Promise<void> {
  if (process.platform !== 'linux') return endGroup(owned, graceMs);
  const before = await findOwned(owned);
  const asked = [...before.values()].filter((each) => owned.program === null || each.pid === owned.program);
  for (const each of asked) {
    signal(each, 'SIGTERM');
    // A stopped process does not hear TERM before it goes on.
    signal(each, 'SIGCONT');
  }
  for (const until = performance.now() + graceMs; performance.now() < until; await sleep(15)) {
    if (!(await Promise.all(asked.map(isSame))).includes(true)) break;
  }
  for (const until = performance.now() + 2_000; performance.now() < until; await sleep(10)) {
    // Found again each time: a process may have forked since. Those seen first stay ours even when their parent is gone.
    const left = new Map([...before, ...(await findOwned(owned))]);
    const alive = [...left.values()].filter((each) => each.state !== 'Z');
    let some = false;
    for (const each of alive) if (await isSame(each)) some = signal(each, 'SIGKILL') || some;
    if (!some) return;
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

async function findOwned(owned: Owned): Promise<Map<number, Process>> {
  const all = await processes();
  const found = new Map<number, Process>();
  const session = owned.leader !== null && (await isMarked(owned.leader, owned.mark)) ? owned.leader : null;
  for (const each of all.values()) {
    if (each.session === session || (await isMarked(each.pid, owned.mark))) found.set(each.pid, each);
  }
  const children = Map.groupBy(all.values(), (each) => each.parent);
  for (const each of found.values()) for (const child of children.get(each.pid) ?? []) found.set(child.pid, child);
  // `oompa stop` may be run from inside a pane; it must get to its end.
  for (let self = all.get(process.pid); self; self = all.get(self.parent)) found.delete(self.pid);
  return found;
}

async function processes(): Promise<Map<number, Process>> {
  const names = await readdir('/proc').catch(() => []);
  const read = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map((name) => readProcess(Number(name))));
  return new Map(read.filter((each) => each !== null).map((each) => [each.pid, each]));
}

async function readProcess(pid: number): Promise<Process | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => null);
  // The name in parentheses may hold anything, spaces and parentheses too.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  if (!fields || fields.length < 20) return null;
  return {
    pid,
    state: fields[0] ?? '',
    parent: Number(fields[1]),
    session: Number(fields[3]),
    start: fields[19] ?? '',
  };
}

async function isMarked(pid: number, mark: string): Promise<boolean> {
  const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
  const entry = `\0${environment}`.split(`\0${markName}=`)[1]?.split('\0')[0];
  return entry !== undefined && (mark.endsWith('/') ? entry.startsWith(mark) : entry === mark);
}

async function isSame(known: Process): Promise<boolean> {
  const now = await readProcess(known.pid);
  return now !== null && now.start === known.start && now.state !== 'Z';
}

function signal(target: { pid: number }, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(target.pid, name);
    return true;
  } catch {
    return false;
  }
}

/** Without /proc: the process group of the program and of the leader. */
async function endGroup({ program, leader }: Owned, graceMs: number): Promise<void> {
  const asked = program ?? leader;
  if (asked !== null && signal({ pid: asked }, 'SIGTERM')) {
    for (const until = performance.now() + graceMs; performance.now() < until; await sleep(15)) {
      if (!signal({ pid: asked }, 0)) break;
    }
  }
  for (const group of [program, leader]) if (group !== null) signal({ pid: -group }, 'SIGKILL');
}
