// One transition in the making: the state before, what has changed so far, and the effects decided on. Copies on write.
import type { Effect } from './effect.ts';
import type { Happened } from './event.ts';
import { changeLife, mayBecome, taskLife, workerLife } from './lives.ts';
import type { Notice, RunRecord } from './records.ts';
import { noteChange, noteCopy } from './select.ts';
import type {
  Change,
  ChangeStatus,
  Hold,
  Pending,
  State,
  Swarm,
  Task,
  TaskStatus,
  Worker,
  WorkerStatus,
} from './state.ts';

const mostNotices = 100;
const mostHandled = 1_000;
const mostRecords = 1_000;

/** A record without its place in the journal. */
type Entry = RunRecord extends infer R ? (R extends RunRecord ? Omit<R, 'seq' | 'at'> : never) : never;

export class Draft {
  readonly at: string;
  readonly seq: number;
  readonly effects: Effect[] = [];
  private next: State;
  private readonly before: State;
  private readonly owned: Set<keyof State>;
  private readonly onAsked: (draft: Draft, effect: Effect) => void;
  /** Decisions of the journal that are not yet put in; null when this transition decides itself. */
  private recorded: { effect: Effect; text: string; index: number }[] | null;

  /**
   * `recorded`: what was decided on this event when it happened. Then `ask` only puts in what is recorded, and decides nothing.
   * `owned`: containers that a fold has copied already and nobody else sees; they are changed in place.
   */
  constructor(
    before: State,
    happened: Happened,
    onAsked: (draft: Draft, effect: Effect) => void,
    recorded: readonly Effect[] | null,
    owned: Set<keyof State>,
  ) {
    this.owned = owned;
    this.onAsked = onAsked;
    this.recorded = recorded?.map((effect, index) => ({ effect, text: JSON.stringify(effect), index })) ?? null;
    this.before = before;
    this.next = before;
    this.at = happened.at;
    this.seq = happened.seq;
  }

  get state(): State {
    return this.next;
  }

  /** The state after, or the very state before when nothing came of it. */
  result(): State {
    if (this.next === this.before && this.effects.length === 0) return this.before;
    this.set({ seq: this.seq, at: this.at });
    return this.next;
  }

  set(patch: Partial<State>): void {
    this.next = { ...this.next, ...patch };
  }

  swarm(patch: Partial<Swarm>): void {
    if (this.next.swarm) this.set({ swarm: { ...this.next.swarm, ...patch } });
  }

  addWorker(worker: Worker): void {
    this.own('workers')[worker.id] = worker;
  }

  worker(id: string, patch: Partial<Omit<Worker, 'status' | 'since'>>): void {
    const worker = this.next.workers[id];
    if (worker) this.own('workers')[id] = { ...worker, ...patch };
  }

  /** Moves a worker along its life; false when the table has no such step. */
  moveWorker(id: string, status: WorkerStatus, why: string | null = null): boolean {
    const worker = this.next.workers[id];
    if (!worker || !mayBecome(workerLife, worker.status, status)) return false;
    this.own('workers')[id] = { ...worker, status, why, since: this.at };
    return true;
  }

  putTask(task: Task): void {
    this.own('tasks')[task.id] = task;
  }

  removeTask(id: string): void {
    delete this.own('tasks')[id];
  }

  moveTask(id: string, status: TaskStatus, patch: Partial<Omit<Task, 'status' | 'since'>> = {}): boolean {
    const task = this.next.tasks[id];
    if (!task || (task.status !== status && !mayBecome(taskLife, task.status, status))) return false;
    const since = task.status === status ? task.since : this.at;
    this.own('tasks')[id] = { ...task, ...patch, status, since };
    return true;
  }

  addChange(change: Change): void {
    this.putChange(change);
  }

  change(id: string, patch: Partial<Omit<Change, 'status' | 'since'>>): void {
    const change = this.next.changes[id];
    if (change) this.putChange({ ...change, ...patch });
  }

  moveChange(id: string, status: ChangeStatus, patch: Partial<Omit<Change, 'status' | 'since'>> = {}): boolean {
    const change = this.next.changes[id];
    if (!change || !mayBecome(changeLife, change.status, status)) return false;
    this.putChange({ ...change, ...patch, status, since: this.at });
    return true;
  }

  /** Decides on an effect. `failures` counts earlier tries of the same. */
  ask(effect: Effect, failures = 0): void {
    if (this.recorded === null) {
      this.effects.push(effect);
      this.put(effect, this.effects.length - 1, failures);
      return;
    }
    const text = JSON.stringify(effect);
    const at = this.recorded.findIndex((each) => each.text === text);
    const [found] = at < 0 ? [] : this.recorded.splice(at, 1);
    if (found) this.put(found.effect, found.index, failures);
  }

  /** Puts in the recorded decisions that this version of the program would not have made. */
  putRest(): void {
    for (const { effect, index } of this.recorded?.splice(0) ?? []) this.put(effect, index, 0);
  }

  /** Puts an effect on the list, and into the state what follows from having asked for it. */
  private put(effect: Effect, index: number, failures: number): void {
    this.own('pending')[`${this.seq}.${index}`] = { effect, at: this.at, failures, retryAt: null };
    if (failures === 0) this.onAsked(this, effect);
  }

  /** Takes an answered effect from the list; undefined when it was not (or is no longer) pending. */
  answer(id: string): Pending | undefined {
    const pending = this.next.pending[id];
    if (pending) delete this.own('pending')[id];
    return pending;
  }

  retryLater(id: string, pending: Pending): void {
    this.own('pending')[id] = pending;
  }

  notice(level: Notice['level'], text: string): void {
    const notices = [...this.next.notices, { seq: this.seq, at: this.at, level, text }];
    this.set({ notices: notices.slice(-mostNotices) });
  }

  record(entry: Entry): void {
    const record = { seq: this.seq, at: this.at, ...entry } as RunRecord;
    this.set({ records: [...this.next.records, record].slice(-mostRecords) });
  }

  hold(account: string, hold: Hold | null): void {
    if (!hold && !this.next.holds[account]) return;
    const { [account]: _, ...others } = this.next.holds;
    this.set({ holds: hold ? { ...others, [account]: hold } : others });
  }

  handled(mail: string): void {
    this.set({ handled: [...this.next.handled, mail].slice(-mostHandled) });
  }

  unreadable(files: Record<string, string>): void {
    this.set({ unreadable: files });
  }

  private putChange(change: Change): void {
    const changes = this.own('changes');
    changes[change.id] = change;
    noteChange(changes, change);
  }

  /** A container of our own, copied from the state before on first use. */
  private own<K extends 'workers' | 'tasks' | 'changes' | 'pending'>(name: K): { [id: string]: State[K][string] } {
    if (!this.owned.has(name)) {
      this.owned.add(name);
      const before = this.next[name];
      this.set({ [name]: { ...before } } as Partial<State>);
      if (name === 'changes') noteCopy(this.next.changes, before as State['changes']);
    }
    return this.next[name] as { [id: string]: State[K][string] };
  }
}

/** `at` plus a span in ms, as ISO 8601. */
export function later(at: string, ms: number): string {
  return new Date(Date.parse(at) + ms).toISOString();
}

/** Whether an instant (null: always) has come. */
export function isDue(instant: string | null, at: string): boolean {
  return instant === null || instant <= at;
}

/** Back-off doubles from a second to a minute, so a thing that cannot start does not eat the machine. */
export function backOffMs(failures: number): number {
  return Math.min(60_000, 1_000 * 2 ** Math.max(0, failures - 1));
}
