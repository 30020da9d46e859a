// Events: what happened, in the past tense. Each says who sends it and what it means, not what follows from it.
import * as z from 'zod';
import { Config, WorkerConfig } from './config.ts';
import { Effect } from './effect.ts';
import { Id, Sha } from './ids.ts';
import { SeatKind } from './seats/kinds.ts';
import { Signals } from './signals.ts';
import { Ask, Choice, TurnError, Usage } from './turn.ts';

/** One task file, as the board sensor saw it. */
export const TaskSeen = z.object({
  id: Id,
  /** File name in its column. */
  file: z.string(),
  column: z.enum(['pending', 'current', 'complete']),
  summary: z.string(),
  priority: z.number().nullable(),
  dependsOn: z.array(z.string()),
  /** Patterns of the files that it is about, as core/globs.ts normalises them; none: it may be about any. */
  files: z.array(z.string()).default([]),
});
export type TaskSeen = z.infer<typeof TaskSeen>;

/** A file of a change. `added`/`removed` are lines; null for binary files. */
export const ChangedFile = z.object({ path: z.string(), added: z.number().nullable(), removed: z.number().nullable() });
export type ChangedFile = z.infer<typeof ChangedFile>;

/** One check on one tree. `tail` is the end of its output, cleaned, at most 4 KiB. */
export const CheckResult = z.object({
  name: z.string(),
  ok: z.boolean(),
  code: z.number().nullable(),
  durationMs: z.number(),
  tail: z.string(),
});
export type CheckResult = z.infer<typeof CheckResult>;

/** The other side of a conflict: a commit on the base that touched the same file. */
export const ConflictSide = z.object({
  commit: Sha,
  subject: z.string(),
  worker: z.string().nullable(),
  tasks: z.array(z.string()),
});
export type ConflictSide = z.infer<typeof ConflictSide>;

/** A lease, as the sensor of leases saw it. */
const LeaseSeen = z.object({
  fence: z.number(),
  owner: Id,
  patterns: z.array(z.string()),
  task: z.string().nullable(),
  until: z.string(),
});

/** How a swarm ended, and what of it could not be taken down. */
export const SwarmStopped = z.object({
  reason: z.enum(['completed', 'interrupted', 'error']),
  left: z.array(z.string()),
});
export type SwarmStopped = z.infer<typeof SwarmStopped>;

const worker = Id;
const change = Sha;

export const Event = z.discriminatedUnion('type', [
  /** First line of every journal. Sent once, by the supervisor that creates the swarm. */
  z.object({
    type: z.literal('swarm.started'),
    format: z.literal(1),
    swarm: Id,
    root: z.string(),
    base: z.object({ branch: z.string(), sha: Sha }),
    config: Config,
    /** Model string → whose service it asks, where that is known. */
    providers: z.record(z.string(), z.string()).default({}),
    /** Absolute path of the config file; null when there is none. */
    configFile: z.string().nullable(),
  }),
  /** A supervisor process took (or took over) the swarm. `healed`: bytes of a torn journal tail that were cut off. */
  z.object({
    type: z.literal('supervisor.started'),
    pid: z.number(),
    panes: z.enum(['tmux', 'pty', 'memory']),
    /** Why the backend is not the one asked for; null otherwise. */
    panesReason: z.string().nullable(),
    healed: z.number(),
  }),
  z.object({ type: z.literal('swarm.stop-asked'), by: z.string() }),
  /** Everything that was ours is gone; the last line of a journal. */
  SwarmStopped.extend({ type: z.literal('swarm.stopped') }),
  /** Run artifacts could not be written. Told once by each supervisor; the swarm goes on, and the next one writes them. */
  z.object({ type: z.literal('artifacts.failed'), message: z.string() }),
  /** The base branch points at another commit, whoever moved it. */
  z.object({ type: z.literal('base.moved'), sha: Sha }),
  /** Time passed. Kept in the journal only when something follows from it. */
  z.object({ type: z.literal('beat') }),

  /** The board sensor saw task files change (or for the first time). `gone`: ids whose file is on no column any more. */
  z.object({
    type: z.literal('board.changed'),
    seen: z.array(TaskSeen),
    gone: z.array(z.string()),
    unreadable: z.array(z.object({ file: z.string(), reason: z.string() })),
  }),
  /** Outcome of `tasks.claim` and `tasks.adopt`. */
  z.object({
    type: z.literal('tasks.claimed'),
    worker,
    claimed: z.array(z.string()),
    refused: z.array(z.object({ id: z.string(), why: z.string() })),
  }),
  /** A worker moved a task file into its own `../tasks/current` (or `complete`). */
  z.object({ type: z.literal('claim.seen'), worker, task: Id, file: z.string() }),
  /** Outcome of `tasks.collect`. `refused`: new files that did not come onto the board; `discarded`: others that it changed in its copy. */
  z.object({
    type: z.literal('tasks.collected'),
    worker,
    added: z.array(TaskSeen),
    refused: z.array(z.object({ file: z.string(), why: z.string() })),
    discarded: z.array(z.string()),
  }),
  z.object({ type: z.literal('tasks.released'), tasks: z.array(z.string()) }),
  z.object({ type: z.literal('tasks.completed'), tasks: z.array(z.string()) }),
  /** The operator put blocked tasks back. */
  z.object({ type: z.literal('tasks.requeue-asked'), tasks: z.array(z.string()) }),

  z.object({
    type: z.literal('worker.added'),
    worker,
    seat: SeatKind.default('worker'),
    spec: WorkerConfig,
  }),
  z.object({ type: z.literal('worktree.ready'), worker, path: z.string(), branch: z.string(), base: Sha }),
  /** The worktree and branch of the worker stand at `base` again; earlier work is kept under `saved` (a ref) if there was any. */
  z.object({ type: z.literal('worktree.reset'), worker, base: Sha, saved: z.string().nullable() }),
  z.object({ type: z.literal('worktree.removed'), worker, saved: z.string().nullable() }),
  /** `pane` names this incarnation; news about another pane of the worker is old. */
  z.object({ type: z.literal('pane.opened'), worker, pane: z.string() }),
  /** The pane's process ended. Sent by the pane sensor, once per pane. */
  z.object({
    type: z.literal('pane.exited'),
    worker,
    pane: z.string(),
    code: z.number().nullable(),
    signal: z.string().nullable(),
  }),
  /** Nothing of the pane is left, its processes included. */
  z.object({ type: z.literal('pane.closed'), worker, pane: z.string().nullable() }),
  z.object({ type: z.literal('turn.sent'), worker, turn: Id, mail: z.array(z.string()) }),
  /** A runner answered. `said`: the end of the agent's own text, at most 2,000 characters; with a verdict 8,000. */
  z.object({
    type: z.literal('turn.ended'),
    worker,
    turn: Id,
    attempt: z.number(),
    outcome: z.enum(['done', 'failed', 'stopped']),
    exitCode: z.number().nullable(),
    error: TurnError.nullable(),
    signals: Signals,
    said: z.string(),
    conversation: z.string().nullable(),
    usage: Usage.nullable(),
    durationMs: z.number(),
  }),
  /** The harness of an interactive worker waits for a person, in this turn. */
  z.object({ type: z.literal('ask.raised'), worker, turn: Id, ask: Ask }),
  /** It goes on, whoever answered. */
  z.object({ type: z.literal('ask.closed'), worker, turn: Id, ask: Id }),
  z.object({ type: z.literal('ask.answer-asked'), worker, ask: Id, choice: Choice, by: z.string() }),
  /** Mail for a worker that is not ours lies in its box, unread. */
  /** The agent took mail by itself: it need not be quoted. */
  z.object({ type: z.literal('mail.left'), worker, mail: z.array(z.string()) }),
  z.object({ type: z.literal('mail.seen'), worker, mail: z.string(), from: z.string(), subject: z.string() }),
  z.object({ type: z.literal('worker.pause-asked'), worker }),
  z.object({ type: z.literal('worker.resume-asked'), worker }),
  z.object({ type: z.literal('worker.stop-asked'), worker }),

  /** Outcome of `work.commit`: the worker's branch holds all its work at `head`. */
  z.object({
    type: z.literal('work.committed'),
    worker,
    /** The claims that the work was handed in for. */
    tasks: z.array(z.string()),
    /** merge-base of head and the base branch. */
    base: Sha,
    head: Sha,
    files: z.array(ChangedFile),
    /** Files that still hold conflict markers; such work cannot be handed in. */
    markers: z.array(z.string()),
  }),
  /** Outcome of `work.commit`: nothing differs from the base. */
  z.object({ type: z.literal('work.empty'), worker }),
  /** Outcome of `change.integrate`: merged onto `base` as `commit` (tree `tree`), on no branch yet, and checked. */
  z.object({
    type: z.literal('change.integrated'),
    change,
    base: Sha,
    commit: Sha,
    tree: Sha,
    checks: z.array(CheckResult),
    /** Files that were not its worker's to change: outside of what its tasks name, or held by others. */
    escapes: z.array(z.string()).default([]),
  }),
  /** Outcome of `change.integrate`: the change and the base touch the same lines. */
  z.object({
    type: z.literal('change.conflicted'),
    change,
    base: Sha,
    files: z.array(z.string()),
    with: z.array(ConflictSide),
  }),
  /** Outcome of `change.integrate` and `change.land`: its worker lost the lease of these files, and others were granted it since. */
  z.object({
    type: z.literal('change.fenced'),
    change,
    lost: z.array(z.object({ path: z.string(), by: z.string(), task: z.string().nullable() })),
  }),
  /** Outcome of `change.land`: the base branch points at `commit`. */
  z.object({ type: z.literal('change.landed'), change, commit: Sha }),
  /** Outcome of `change.land`: the base is at `base`, not where the merge was made. */
  z.object({ type: z.literal('change.raced'), change, base: Sha }),
  /** Outcome of `change.land`: the operator's own files are in the way; nothing was touched. */
  z.object({ type: z.literal('change.held'), change, reason: z.string(), files: z.array(z.string()) }),
  z.object({
    type: z.literal('change.approve-asked'),
    change,
    head: Sha,
    base: Sha,
    checks: z.string(),
    by: z.string(),
  }),
  z.object({ type: z.literal('change.reject-asked'), change, note: z.string(), by: z.string() }),
  /** Outcome of `conflict.open`: the base is merged into the worktree, with markers in `files`. */
  z.object({ type: z.literal('conflict.opened'), worker, base: Sha, files: z.array(z.string()) }),
  /** Leases ended or will soon, other than by being given back; or something is wrong with their files. Sent by the sensor of leases. */
  z.object({
    type: z.literal('leases.changed'),
    ended: z.array(
      LeaseSeen.extend({ how: z.enum(['expired', 'dead', 'forced']), by: z.string(), why: z.string().nullable() }),
    ),
    expiring: z.array(LeaseSeen),
    problems: z.array(z.string()),
  }),
  /** Outcome of `mail.tell` and `ask.answer`. */
  z.object({ type: z.literal('mail.told'), to: z.string() }),

  /** A hand slipped while performing the effect `cause`. */
  z.object({
    type: z.literal('effect.failed'),
    code: z.string(),
    message: z.string(),
    hint: z.string().nullable(),
    retryable: z.boolean(),
  }),
]);
export type Event = z.infer<typeof Event>;
export type EventType = Event['type'];
export type EventOf<T extends EventType> = Extract<Event, { type: T }>;

/** What `transition` takes: the event with its place and time. */
export const Happened = z.object({
  seq: z.number().int().nonnegative(),
  /** ISO 8601, UTC. */
  at: z.string(),
  /** Effect id (`<seq>.<index>`) that this event answers. */
  cause: z.string().optional(),
  /** Message-ID of the mail this event came by; a second delivery of the same mail changes nothing. */
  mail: z.string().optional(),
  event: Event,
});
export type Happened = z.infer<typeof Happened>;

/** A journal line: what happened and what was decided on it. */
export const JournalLine = Happened.extend({ effects: z.array(Effect) });
export type JournalLine = z.infer<typeof JournalLine>;
