// The schema of oompa.json. Reading the file, and finding the nearest valid key of a typo, is disk/config.ts.
import * as z from 'zod';
import { Drive, HarnessAlias, Permissions } from './harness.ts';

const spanText = z
  .string()
  .regex(/^\d+(?:\.\d+)?(?:ms|s|m|h)$/, { message: 'expected a span such as "90s", "10m" or "1h"' });

/** A span: milliseconds as a number, or text such as `90s`, `10m`, `1.5h`. */
export const Span = z
  .union([z.number().positive(), spanText])
  .transform((value) => (typeof value === 'number' ? value : parseSpan(value)));

/** A wait, in seconds: as a number of them, or as text such as `90s`. */
export const Wait = z
  .union([z.number().nonnegative(), spanText])
  .transform((value) => (typeof value === 'number' ? value : parseSpan(value) / 1_000));

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

function parseSpan(text: string): number {
  const [, amount = '0', unit = 'ms'] = /^([\d.]+)(ms|s|m|h)$/.exec(text) ?? [];
  return Number(amount) * unitMs[unit as keyof typeof unitMs];
}

/** A model string; which harness it means is `harnesses/registry.ts`. */
export const Model = z
  .string()
  .min(1)
  .meta({ examples: ['claude:opus', 'codex:gpt-5.5:high', 'command:./my-agent.sh'] });

/** Prompt files, relative to the config file, then the repository, then oompa itself. None: the prompt of the role. */
const Prompt = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (Array.isArray(value) ? value : [value]))
  .default([]);

/** A model that reads a change before it may be approved. A string is its model. */
export const Reviewer = z.union([
  Model.transform((model) => ({ model, prompt: [] as string[], count: 1 })),
  z.strictObject({
    model: Model,
    prompt: Prompt,
    /** Seats of this kind: how many changes it can read at the same time. */
    count: z.number().int().min(1).max(50).default(1),
  }),
]);
export type Reviewer = z.output<typeof Reviewer>;

/** Four spellings of who reviews, in a worker or for all of them. The first that is there counts: `reviewerKeys` is the order. */
const reviewing = {
  reviewers: z.array(Reviewer).optional(),
  review_models: z.array(Reviewer).optional(),
  reviewer: Reviewer.optional(),
  review_model: Reviewer.optional(),
};
export const reviewerKeys = ['reviewers', 'review_models', 'reviewer', 'review_model'] as const;

const cycles = z.number().int().min(1).optional();
/** One number by three names: ours, and two that oompa.json files of old have. */
const cycleNames = ['iterations', 'max_cycle', 'max_cycles'] as const;
const mostCycles = 10;

const WorkerKeys = z.strictObject({
  /** `harness:model[:reasoning]`, a bare model name that a harness claims, or `command:<program> [args…]`. */
  model: Model,
  role: z.string().min(1).default('worker'),
  prompt: Prompt,
  drive: Drive.default('print'),
  /** `ask` is for `drive: "interactive"`: nobody could answer a process without a terminal. */
  permissions: Permissions.default('skip'),
  count: z.number().int().min(1).max(200).default(1),
  /** How many cycles the worker may finish; `max_cycle` and `max_cycles` are the same. */
  iterations: cycles.meta({ default: mostCycles }),
  max_cycle: cycles,
  max_cycles: cycles,
  /** Whether it may work (and write new tasks) while the board is empty. */
  can_plan: z.boolean().default(true),
  /** How long a worker that may not plan waits for a task, while none is under way, before it stops. Seconds. */
  max_wait_for_tasks: Wait.default(600),
  /** Pause before every cycle but the first. Seconds. */
  wait_between: Wait.default(0),
  /** Turns without any signal before the worker is nudged; after one more the cycle ends as stuck. */
  max_working_resumes: z.number().int().min(1).default(5),
  /** Turns in one cycle at the most. */
  max_resumes: z.number().int().min(1).default(7),
  /** Who reviews its changes, before those that review everybody's. */
  ...reviewing,
});

export const WorkerConfig = WorkerKeys.refine(
  ({ drive, permissions }) => permissions === 'skip' || drive === 'interactive',
  {
    path: ['permissions'],
    message: 'expected "skip", or "drive": "interactive" beside it: a printing agent cannot ask',
  },
)
  .superRefine((worker, context) => {
    const [first, ...others] = cycleNames.filter((name) => worker[name] !== undefined);
    for (const name of others) {
      if (!first || worker[name] === worker[first]) continue;
      const message = `means the same as ${first}, which is ${worker[first]}; give one of them`;
      context.addIssue({ code: 'custom', path: [name], message });
    }
  })
  .transform(({ iterations, max_cycle, max_cycles, ...worker }) => ({
    ...worker,
    iterations: iterations ?? max_cycle ?? max_cycles ?? mostCycles,
  }));
export type WorkerConfig = z.output<typeof WorkerConfig>;

/** A command that must exit 0 on a change. A string runs through `sh -c`; an array starts the program itself. */
export const Check = z.union([
  z
    .string()
    .min(1)
    .transform((run) => ({ name: run, run: ['sh', '-c', run] })),
  z.strictObject({
    name: z.string().min(1),
    run: z.union([
      z
        .string()
        .min(1)
        .transform((run) => ['sh', '-c', run]),
      z.array(z.string()).min(1),
    ]),
  }),
]);
export type Check = z.output<typeof Check>;

export const Config = z.strictObject({
  $schema: z.string().optional(),
  workers: z.array(WorkerConfig).min(1, { message: 'expected at least one worker' }),
  /** Aliases of harnesses, by the name that stands before the colon in `model`. */
  harnesses: z
    .record(
      z.string().regex(/^[a-z0-9][a-z0-9._-]*$/i, { message: 'expected letters, digits, ".", "_" or "-"' }),
      HarnessAlias,
    )
    .default({}),
  /** The branch that changes are merged into. Default: detected. */
  base: z.string().min(1).optional(),
  checks: z.array(Check).default([]),
  ...reviewing,
  /** A model that fills the board before the workers begin, and whenever free tasks run out. */
  planner: z
    .strictObject({
      model: Model,
      prompt: Prompt,
      /** Pending tasks that it fills the board up to. */
      max_pending: z.number().int().min(1).default(10),
    })
    .optional(),
  /** Who approves: the operator, or the policy (every change whose checks are green). */
  approval: z.enum(['operator', 'auto']).default('operator'),
  /** Rounds of automatic send-backs (red checks, conflicts, reviewers) before the tasks are released. */
  max_review_rounds: z.number().int().min(1).default(3),
  /** Cycles that may fail on a task before it is blocked. */
  max_attempts: z.number().int().min(1).default(3),
  /** What to do when no task is left that could be worked on. */
  when_done: z.enum(['wait', 'stop']).default('wait'),
  /** Turns at the same time, by provider, harness (or alias), or model: `{"anthropic": 4, "claude": 3, "claude:opus": 1}`. */
  limits: z.record(z.string(), z.number().int().min(1)).default({}),
  /** Hard stops: a worker that spent its part, or all of them, start no further turn. */
  budget: z
    .strictObject({
      swarm_usd: z.number().positive().optional(),
      worker_usd: z.number().positive().optional(),
      swarm_tokens: z.number().int().positive().optional(),
      worker_tokens: z.number().int().positive().optional(),
    })
    .prefault({}),
  /** USD per million tokens, by harness or model, for harnesses that tell no cost themselves. */
  prices: z
    .record(z.string(), z.strictObject({ input: z.number().nonnegative(), output: z.number().nonnegative() }))
    .default({}),
  /** Whether each agent is tried (its program, its version) before a swarm starts. */
  probe: z.boolean().default(true),
  panes: z.enum(['auto', 'tmux', 'pty']).default('auto'),
  timeouts: z
    .strictObject({
      /** No output from the harness. */
      idle: Span.default(10 * 60_000),
      /** One turn. */
      total: Span.default(60 * 60_000),
      /** One check. */
      check: Span.default(15 * 60_000),
    })
    .prefault({}),
});
export type Config = z.output<typeof Config>;
export type ConfigInput = z.input<typeof Config>;
