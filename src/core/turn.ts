// What `lead` and a runner say to each other: a turn to take, and its result. Both travel as JSON mail bodies.
import * as z from 'zod';
import { Drive, HarnessAlias, Permissions } from './harness.ts';
import { Id } from './ids.ts';

/** Why a turn is sent; decides which prompt it carries. */
export const TurnKind = z.enum([
  'work',
  'claimed',
  'continue',
  'nudge',
  'follow-up',
  'feedback',
  'conflict',
  'mail',
  'review',
  'plan',
]);
export type TurnKind = z.infer<typeof TurnKind>;

/** One run of a harness, asked for by `lead`. Mail type `turn`. */
export const Turn = z.object({
  /** `<worker>-t<n>`, unique in a swarm. */
  turn: Id,
  swarm: Id,
  worker: Id,
  kind: TurnKind,
  /** The whole prompt, with the tag first. */
  prompt: z.string(),
  /** Absolute path of the worktree. */
  cwd: z.string(),
  /** `harness[:model[:reasoning]]` or `command:<program>`, as in the config. */
  model: z.string(),
  /** The alias that the model string names, from the config; null for a harness itself. */
  alias: HarnessAlias.nullable().default(null),
  drive: Drive.default('print'),
  permissions: Permissions.default('skip'),
  /** What the harness can resume; null starts a new conversation. */
  conversation: z.string().nullable(),
  /** Whether the harness is to change nothing, where it can be told so. */
  readOnly: z.boolean().default(false),
  /** Spans in ms: no output for `idleMs`, or longer than `totalMs`, ends the turn. */
  timeouts: z.object({ idleMs: z.number().positive(), totalMs: z.number().positive() }),
});
export type Turn = z.infer<typeof Turn>;

/**
 * The value of `OOMPA_TURN` in the environment of all that a turn starts. Turn ids repeat in every swarm of a machine; this does not.
 * An interactive harness outlives its turns: what it starts is the worker's.
 */
export function turnTag({ swarm, turn, worker, drive }: Pick<Turn, 'swarm' | 'turn' | 'worker' | 'drive'>): string {
  return `${swarm}.${drive === 'interactive' ? worker : turn}`;
}

/**
 * Error classes of a turn. `spawn`: not started; `crash`: exit code ≠ 0 or a signal; `no_conversation`: the harness does not know the
 * conversation that it was to resume, and nothing was done.
 */
export const TurnErrorClass = z.enum([
  'spawn',
  'auth',
  'rate_limit',
  'provider',
  'context_full',
  'no_conversation',
  'crash',
  'timeout',
  'stalled',
  'protocol',
]);
export type TurnErrorClass = z.infer<typeof TurnErrorClass>;

/** `resetAt`: when a rate limit ends, if the harness told; ISO 8601. */
export const TurnError = z.object({
  class: TurnErrorClass,
  message: z.string(),
  resetAt: z.string().nullable().optional(),
});
export type TurnError = z.infer<typeof TurnError>;

export const Usage = z.object({
  inputTokens: z.number().nonnegative(),
  outputTokens: z.number().nonnegative(),
  costUsd: z.number().nonnegative().nullable(),
});
export type Usage = z.infer<typeof Usage>;

/** The answer to a Turn. Mail type `turn-result`. `stopped`: ended by the operator or by a stop of the swarm. */
export const TurnResult = z.object({
  turn: Id,
  worker: Id,
  /** 1 for the first run; +1 each time a crash made the runner take the turn again. */
  attempt: z.number().int().positive(),
  outcome: z.enum(['done', 'failed', 'stopped']),
  exitCode: z.number().int().nullable(),
  signal: z.string().nullable(),
  error: TurnError.nullable(),
  /** The agent's own text (not tool output, not stderr), cleaned; its last 64 KiB. */
  said: z.string(),
  conversation: z.string().nullable(),
  usage: Usage.nullable(),
  startedAt: z.string(),
  durationMs: z.number().nonnegative(),
});
export type TurnResult = z.infer<typeof TurnResult>;

/**
 * What an interactive harness waits for a person to do. `permission`: it asks before it uses a tool. `question`: it asks for a decision.
 * `dialog`: something else stands on its screen. `draft`: a person's unsent text is in the way of the next prompt.
 */
export const Ask = z.object({
  /** Unique for a worker. */
  id: Id,
  kind: z.enum(['permission', 'question', 'dialog', 'draft']),
  /** What it asks, cleaned, at most 500 characters. */
  text: z.string(),
  /** Whether `allow` and `deny` can be given from outside; else it is answered in the pane. */
  answerable: z.boolean(),
});
export type Ask = z.infer<typeof Ask>;

/** A runner tells that the harness asks (`ask`), or that what it asked is answered (null). Mail type `asked`. */
export const Asked = z.object({ swarm: Id, worker: Id, turn: Id, id: Id, ask: Ask.nullable() });
export type Asked = z.infer<typeof Asked>;

/** `pane`: the person answers in the pane, where the harness shows its own dialogue. */
export const Choice = z.enum(['allow', 'deny', 'pane']);
export type Choice = z.infer<typeof Choice>;

/** What the operator answers, from `lead` to the worker. Mail type `answer`. */
export const Answer = z.object({ ask: Id, choice: Choice });
export type Answer = z.infer<typeof Answer>;

/** What a runner writes to `workers/<id>/status.json`: live facts that are seen, never kept. */
export const WorkerLive = z.object({
  worker: Id,
  pid: z.number().int(),
  activity: z.enum(['idle', 'working', 'needs-you', 'stopping']),
  turn: Id.nullable(),
  attempt: z.number().int().nonnegative(),
  /** When the current activity began, and when the harness last printed something. ISO 8601. */
  since: z.string(),
  lastOutputAt: z.string().nullable(),
  /** The last line of the agent, or the tool that it uses since; cleaned, at most 200 characters. */
  lastLine: z.string(),
  /** What tells the activity: the runner itself or, of an interactive harness, its hooks, its transcript, its window title or its screen. */
  source: z.enum(['runner', 'hook', 'transcript', 'title', 'screen']),
});
export type WorkerLive = z.infer<typeof WorkerLive>;
