// Leases: the right of one owner to change certain files, for a time. What others may ask of them; how they are kept is leases.ts.
import * as z from 'zod';
import { Id } from '../core/ids.ts';

export const defaultTtlMs = 15 * 60_000;

const Identity = z.object({ pid: z.number().int(), start: z.string(), boot: z.string() });

export const Owner = z.object({
  /** Mail address: a worker such as `w0`, `operator`, `lead`. */
  address: Id,
  /** The runner that the owner's agent runs under; null for who has none. */
  process: Identity.nullable(),
});
export type Owner = z.infer<typeof Owner>;

/** Shared leases stand beside each other; an exclusive one stands beside none of another owner. */
export const Mode = z.enum(['exclusive', 'shared']);
export type Mode = z.infer<typeof Mode>;

/** Most patterns of one lease. */
const mostPatterns = 1_000;

export const Claim = z.object({
  owner: Owner,
  task: Id.nullable(),
  mode: Mode,
  /** As core/globs.ts normalises them. */
  patterns: z.array(z.string().min(1)).min(1).max(mostPatterns, `more than ${mostPatterns} paths`),
  ttlMs: z
    .number()
    .positive()
    .max(366 * 86_400_000, 'longer than a year'),
  /** ISO 8601, UTC. */
  since: z.string(),
  /**
   * Null: somebody asked for it. Else it is made from the files that a task names and goes with the task; `whole`: all tasks of its owner
   * name theirs, so that nothing else is the owner's to change.
   */
  manifest: z.enum(['part', 'whole']).nullable(),
});

export const Lease = Claim.extend({
  /** Fencing number: every grant has a higher one than all before it, for ever. */
  fence: z.number().int().positive(),
  /** When it ends unless it is renewed. */
  until: z.string(),
});
export type Lease = z.infer<typeof Lease>;

/** A request that waits its turn; it stands in nobody's way but younger ones'. */
export const Ticket = Claim.extend({
  /** Drawn from the same numbers: the lower one is older. */
  number: z.number().int().positive(),
  /** Who waits. When it is gone, so is the ticket. */
  waiter: Identity,
});
export type Ticket = z.infer<typeof Ticket>;

/** How a lease came or went; each line of the log has the whole lease as it was then. */
export const Change = z.enum(['granted', 'released', 'expired', 'dead', 'forced']);
export const LogLine = z.object({
  at: z.string(),
  change: Change,
  /** Address of who did it. */
  by: z.string(),
  why: z.string().nullable(),
  lease: Lease,
});
export type LogLine = z.infer<typeof LogLine>;

export interface Request {
  owner: Owner;
  task?: string | null;
  /** Default: exclusive. */
  mode?: Mode;
  /** Default: 15 minutes. */
  ttlMs?: number;
  /** How long to stand in the queue, first come first served. Default 0: the answer is given at once. */
  waitMs?: number;
}

/** What stands in the way of one pattern that was asked for. */
export interface Conflict {
  pattern: string;
  held: string;
  holder: string;
  task: string | null;
  mode: Mode;
  /** Null when it is not held but waited for, by somebody who came earlier. */
  until: string | null;
  suggestion: string;
}

export type Answer = { granted: true; lease: Lease } | { granted: false; conflicts: Conflict[] };

/** Chooses among leases; without either, all of them. */
export interface Selection {
  fences?: readonly number[];
  patterns?: readonly string[];
}

/** A file that is not its changer's to change. `by` null: it lies outside what the tasks name; else that one holds it. */
export interface Escape {
  path: string;
  by: string | null;
  task: string | null;
}

/** A file whose lease its changer lost, and that was granted to another since. */
export interface Lost {
  path: string;
  by: string;
  task: string | null;
  fence: number;
}

/** The files of a task that a worker holds. */
export interface Manifest {
  address: string;
  task: string;
  files: readonly string[];
  whole: boolean;
}

export interface Kept {
  /** What was granted or ended since the last time, whoever did it. */
  changes: LogLine[];
  /** Leases that end soon and are not renewed by anything; each told once. */
  expiring: Lease[];
  /** Each told once. */
  problems: string[];
}

/**
 * All methods throw EffectError: `bad-path` for what is no pattern, `bad-fields` for an address or task that is no id, `denied`, `busy` when others are in the way for long, and those of
 * disk/durable.ts.
 */
export interface Leases {
  /** Grants all of the set or none. Asking again for what one has renews it. */
  acquire(patterns: readonly string[], request: Request): Promise<Answer>;
  /** What `acquire` would say now. Changes nothing. */
  check(patterns: readonly string[], request: Pick<Request, 'owner' | 'mode'>): Conflict[];
  /** By fencing number and by age. `problems`: files in the folder that count for nothing, or were mended from the log. */
  list(): { leases: Lease[]; waiting: Ticket[]; problems: string[] };
  /** Puts off the end of the owner's leases; `due` only of those that have less than half of their time left. */
  renew(owner: Owner, which?: Selection & { ttlMs?: number; due?: boolean }): Promise<Lease[]>;
  /** Gives back leases, or some of their patterns. Those of a task go with the task (`denied` when named). */
  release(owner: Owner, which?: Selection): Promise<Lease[]>;
  /**
   * Takes from others what overlaps the patterns or has these numbers; `heir` is granted the patterns in the same moment. Throws `denied`
   * to all but `lead` and `operator`. A lease of a task comes back as soon as it can while the task is at work.
   */
  force(which: Selection, by: string, why: string | null, heir?: Omit<Request, 'waitMs'>): Promise<Lease[]>;
  /** Which of these paths (as git tells them) are not the owner's to change. `manifest`: what its tasks name, where that is known better. */
  escapes(paths: readonly string[], address: string, manifest?: readonly string[] | null): Escape[];
  /** Which of these paths the owner held a lease of after `since`, lost it, and somebody else was granted it. */
  lost(paths: readonly string[], address: string, since: string): Lost[];
  /** Makes the leases of tasks what `manifests` says: missing ones are granted or wait, others end. */
  reconcile(manifests: readonly Manifest[]): Promise<void>;
  /**
   * For the beat: ends what has expired and, after a grace of a minute, what a dead owner holds; renews what an owner at work holds. For
   * one keeper at a time.
   */
  keep(pulse: { isAlive(owner: Owner): boolean; isAtWork(owner: Owner): boolean }): Promise<Kept>;
}
