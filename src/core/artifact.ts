// The public files of a run, under runs/<swarm>/: what each of them holds. schemas/*.schema.json are written from these.
import * as z from 'zod';
import { cycleOutcomes } from './records.ts';
import { Verdict } from './signals.ts';
import { TurnErrorClass, TurnKind } from './turn.ts';

const instant = z.iso.datetime();
const ms = z.number().int().nonnegative();
const count = z.number().int().nonnegative();

/** `model` is empty when the harness chooses. `prompts` as configured; none: the prompt of the role. */
const seat = {
  id: z.string(),
  harness: z.string(),
  model: z.string(),
  reasoning: z.string().nullable(),
  prompts: z.array(z.string()),
};

/** Added up over turns; `cost-usd` is null where nobody told it and the config has no price. */
const usage = { 'input-tokens': count, 'output-tokens': count, 'cost-usd': z.number().nonnegative().nullable() };

export const StartedArtifact = z.strictObject({
  'swarm-id': z.string(),
  'started-at': instant,
  pid: z.number().int(),
  'config-file': z.string().nullable(),
  base: z.strictObject({ branch: z.string(), sha: z.string() }),
  workers: z.array(
    z.strictObject({
      ...seat,
      role: z.string(),
      iterations: count,
      'max-resumes': count,
      'can-plan': z.boolean(),
    }),
  ),
  planner: z.strictObject({ ...seat, 'max-pending': count }).nullable(),
  /** The first of `reviewers`. */
  reviewer: z.strictObject(seat).nullable(),
  reviewers: z.array(z.strictObject(seat)),
});
export type StartedArtifact = z.infer<typeof StartedArtifact>;

export const StoppedArtifact = z.strictObject({
  'swarm-id': z.string(),
  'stopped-at': instant,
  reason: z.enum(['completed', 'interrupted', 'error']),
  error: z.string().nullable(),
  /** What could not be taken down, or is kept: worktrees, branches, refs. */
  left: z.array(z.string()),
  /** Of all seats together, those of reviewers and planner among them. */
  ...usage,
});
export type StoppedArtifact = z.infer<typeof StoppedArtifact>;

export const CycleArtifact = z.strictObject({
  'swarm-id': z.string(),
  'worker-id': z.string(),
  cycle: z.number().int().min(1),
  outcome: z.enum(cycleOutcomes),
  'started-at': instant,
  /** When it ended. */
  timestamp: instant,
  'duration-ms': ms,
  'claimed-task-ids': z.array(z.string()),
  'recycled-tasks': z.array(z.string()),
  /** Why it ended, when it did not end well; at most 200 characters. */
  'error-snippet': z.string().nullable(),
  'review-rounds': count,
  'session-id': z.string().nullable(),
  'worktree-path': z.string().nullable(),
  branch: z.string().nullable(),
  change: z.string().nullable(),
  'merge-sha': z.string().nullable(),
  ...usage,
  /** In order: what the agent asked for, turn by turn. */
  signals: z.array(z.string()),
  /** Turns, in order. */
  attempts: z.array(
    z.strictObject({
      turn: z.string(),
      kind: TurnKind,
      'started-at': instant,
      'duration-ms': ms,
      attempt: count,
      outcome: z.enum(['done', 'failed', 'stopped', 'lost']),
      'exit-code': z.number().int().nullable(),
      error: TurnErrorClass.nullable(),
      signals: z.array(z.string()),
      'session-id': z.string().nullable(),
      ...usage,
    }),
  ),
  'timing-ms': z.strictObject({
    'implementation-rounds-ms': z.array(ms),
    'review-fixes-ms': z.array(ms),
    'reviewer-response-ms': z.array(ms),
    /** All turns together. */
    'harness-ms': ms,
    'llm-calls': z.array(
      z.strictObject({ name: z.string(), section: z.string(), 'duration-ms': ms, percent: z.number().min(0).max(100) }),
    ),
  }),
});
export type CycleArtifact = z.infer<typeof CycleArtifact>;

export const ReviewArtifact = z.strictObject({
  'swarm-id': z.string(),
  'worker-id': z.string(),
  cycle: z.number().int().min(1),
  round: z.number().int().min(1),
  verdict: Verdict,
  /** Who judged: `checks`, `merge` (a conflict with the base), `policy`, `operator`, or a reviewer by its seat. */
  by: z.string(),
  timestamp: instant,
  'duration-ms': ms,
  change: z.string(),
  'task-ids': z.array(z.string()),
  /** What the worker was told, or what the reviewer said. */
  output: z.string(),
  'diff-files': z.array(z.string()),
});
export type ReviewArtifact = z.infer<typeof ReviewArtifact>;

/** Schema file → what it describes. */
export const artifactSchemas = {
  started: StartedArtifact,
  stopped: StoppedArtifact,
  cycle: CycleArtifact,
  review: ReviewArtifact,
} as const;

/** One file of a run: where it lies in the run's folder, and what is in it. */
export type Artifact =
  | { kind: 'started'; path: string; content: StartedArtifact }
  | { kind: 'stopped'; path: string; content: StoppedArtifact }
  | { kind: 'cycle'; path: string; content: CycleArtifact }
  | { kind: 'review'; path: string; content: ReviewArtifact };
