// The kinds of seats: what sets them apart, which of them a config asks for, and who reviews whose work.
import * as z from 'zod';
import { type Config, type Reviewer, reviewerKeys, WorkerConfig } from '../config.ts';

/** What a seat gets turns for: to work on tasks, to review a change, to write new tasks. */
export const SeatKind = z.enum(['worker', 'reviewer', 'planner']);
export type SeatKind = z.infer<typeof SeatKind>;

export interface Traits {
  /** Its ids are this and a number; null: there is one, named like the kind. */
  prefix: string | null;
  /** Whether it may hold tasks, and hand in what it did. */
  claims: boolean;
  /** Whether its next turn goes on with conversation and worktree of the one before. Otherwise what a turn leaves is discarded. */
  goesOn: boolean;
  /** Whether its harness is told to change nothing, where it can be. */
  readOnly: boolean;
  /** Whether its view of the board is a copy, made for each turn, of which only new task files are taken. */
  copiesBoard: boolean;
}

export const traitsOf: Readonly<Record<SeatKind, Traits>> = {
  worker: { prefix: 'w', claims: true, goesOn: true, readOnly: false, copiesBoard: false },
  reviewer: { prefix: 'r', claims: false, goesOn: false, readOnly: true, copiesBoard: false },
  planner: { prefix: null, claims: false, goesOn: false, readOnly: false, copiesBoard: true },
};

export interface Seat {
  id: string;
  seat: SeatKind;
  spec: WorkerConfig;
}

/** All seats of a config: `w0` … in the order of its workers, `r0` … of its reviewers, and `planner`. */
export function seatsOf(config: Config): Seat[] {
  const { planner } = config;
  return [
    ...numbered(
      'worker',
      config.workers.map((spec) => ({ spec, count: spec.count })),
    ),
    ...numbered(
      'reviewer',
      allReviewers(config).map((each) => ({ spec: specOf('reviewer', each), count: each.count })),
    ),
    ...(planner ? [{ id: 'planner', seat: 'planner' as const, spec: specOf('planner', planner) }] : []),
  ];
}

/** Who is asked to review a worker's changes, in this order: its own reviewers, then everybody's, each once. */
export function reviewersFor(config: Config, worker: WorkerConfig): Reviewer[] {
  return once([...named(worker), ...named(config)]);
}

/** Whether a seat is one of this reviewer's. */
export function sitsFor(spec: WorkerConfig, reviewer: Reviewer): boolean {
  return keyOf(spec) === keyOf(reviewer);
}

function allReviewers(config: Config): Reviewer[] {
  return once([...config.workers.flatMap(named), ...named(config)]);
}

/** The first spelling that is there counts, as if the others were not. */
function named(from: Pick<Config, (typeof reviewerKeys)[number]>): Reviewer[] {
  const key = reviewerKeys.find((each) => from[each] !== undefined);
  const value = key && from[key];
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function once(reviewers: readonly Reviewer[]): Reviewer[] {
  return reviewers.filter((each, at) => reviewers.findIndex((other) => keyOf(other) === keyOf(each)) === at);
}

function keyOf({ model, prompt }: Pick<Reviewer, 'model' | 'prompt'>): string {
  return JSON.stringify([model, ...prompt]);
}

function specOf(role: string, { model, prompt }: Pick<Reviewer, 'model' | 'prompt'>): WorkerConfig {
  return WorkerConfig.parse({ model, role, prompt });
}

function numbered(seat: SeatKind, kinds: readonly { spec: WorkerConfig; count: number }[]): Seat[] {
  return kinds
    .flatMap(({ spec, count }) => Array.from({ length: count }, () => spec))
    .map((spec, n) => ({ id: `${traitsOf[seat].prefix}${n}`, seat, spec }));
}
