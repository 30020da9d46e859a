// Effects: what is asked of the world, in the imperative. All are repeatable: keyed by something the world remembers.
import * as z from 'zod';
import { Id, Sha } from './ids.ts';
import { Choice, TurnKind } from './turn.ts';

const worker = Id;

export const Effect = z.discriminatedUnion('type', [
  /** Make (or adopt, or reuse) the worker's worktree and branch at `base`. → worktree.ready */
  z.object({ type: z.literal('worktree.prepare'), worker, base: Sha }),
  /** Put the worktree back to `base`, saving what would be lost under refs/oompa/. → worktree.reset */
  z.object({ type: z.literal('worktree.reset'), worker, base: Sha, why: z.string() }),
  /** Salvage and remove the worktree and branch. → worktree.removed */
  z.object({ type: z.literal('worktree.remove'), worker }),
  /** Open the worker's pane with a runner in it, or adopt the one that is there. → pane.opened */
  z.object({ type: z.literal('pane.open'), worker, cwd: z.string() }),
  /** End the pane's processes, politely first, and the pane. → pane.closed */
  z.object({ type: z.literal('pane.close'), worker }),
  /** Compose the prompt and deliver the turn to the worker's mailbox. → turn.sent */
  z.object({
    type: z.literal('turn.send'),
    worker,
    turn: Id,
    kind: TurnKind,
    conversation: z.string().nullable(),
    /** The worker's claims, whose files the prompt quotes. */
    tasks: z.array(z.string()),
    /** The task that `lead` would give this worker; null when there is none. */
    suggested: z.string().nullable(),
    /** Ids of unread mail to quote. */
    mail: z.array(z.string()),
    /** Feedback, refused claims, conflict sides, …: what this kind of turn is about. */
    note: z.string(),
    /** The change to be reviewed, in turns of that kind. */
    review: Sha.optional(),
  }),
  /** Move pending tasks to current for this worker. → tasks.claimed */
  z.object({ type: z.literal('tasks.claim'), worker, tasks: z.array(z.string()) }),
  /** Put a file from the worker's own `current` on the shared board. → tasks.claimed */
  z.object({ type: z.literal('tasks.adopt'), worker, task: Id, file: z.string() }),
  /** Take the new tasks of a planner whose turn is over from its copy of the board. → tasks.collected */
  z.object({ type: z.literal('tasks.collect'), worker }),
  /** Move current tasks back to pending, with what was learnt written into them. → tasks.released */
  z.object({
    type: z.literal('tasks.release'),
    tasks: z.array(z.string()),
    worker,
    reason: z.string(),
    feedback: z.string().nullable(),
    at: z.string(),
  }),
  /** Move current tasks to complete, annotated. → tasks.completed */
  z.object({
    type: z.literal('tasks.complete'),
    tasks: z.array(z.string()),
    worker,
    commit: Sha,
    rounds: z.number(),
    at: z.string(),
  }),
  /** Commit everything in the worktree. → work.committed | work.empty */
  z.object({ type: z.literal('work.commit'), worker, tasks: z.array(z.string()), cycle: z.number() }),
  /** Merge the change onto the base in the vault and run the checks on that tree. → change.integrated | change.conflicted */
  z.object({
    type: z.literal('change.integrate'),
    change: Sha,
    worker,
    tasks: z.array(z.string()),
    base: Sha,
    at: z.string(),
  }),
  /** Move the base branch from `base` to `commit`, which was integrated and checked. → change.landed | change.raced | change.held */
  z.object({ type: z.literal('change.land'), change: Sha, base: Sha, commit: Sha }),
  /** Merge the base into the worktree, leaving conflict markers for the worker. → conflict.opened */
  z.object({ type: z.literal('conflict.open'), worker, base: Sha }),
  /** Write mail. `key` makes it unique. → mail.told */
  z.object({ type: z.literal('mail.tell'), to: z.string(), subject: z.string(), body: z.string(), key: z.string() }),
  /** Tell a worker's runner what the operator answers. → mail.told */
  z.object({ type: z.literal('ask.answer'), worker, ask: Id, choice: Choice }),
  /** Take down what is left of the swarm: server, locks, empty folders. → swarm.stopped */
  z.object({ type: z.literal('swarm.close'), reason: z.enum(['completed', 'interrupted', 'error']) }),
]);
export type Effect = z.infer<typeof Effect>;
export type EffectType = Effect['type'];
export type EffectOf<T extends EffectType> = Extract<Effect, { type: T }>;
