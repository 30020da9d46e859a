// What a run came to, as numbers: the columns of `oompa list`, the lines of `oompa view`, and their JSON.
import { clean } from '../core/clean.ts';
import { compareIds } from '../core/ids.ts';
import { escapesLine } from '../core/review.ts';
import { activityOf, openChanges, usageOf } from '../core/select.ts';
import type { Change, State, Worker } from '../core/state.ts';
import type { Usage } from '../core/turn.ts';
import type { Paths } from '../disk/paths.ts';
import type { CycleSeen, Run } from './runs.ts';
import { currentSwarm, liveSupervisor } from './workspace.ts';

/** Outcomes of cycles that count as failed. */
const failures: ReadonlySet<string> = new Set([
  'error',
  'merge-failed',
  'sync-failed',
  'rejected',
  'stuck',
  'needs-followup',
]);

export type RunFacts = ReturnType<typeof factsOf>;

/** The stable JSON of one run in `oompa list --json`. */
export function factsOf(paths: Paths, run: Run) {
  const { id, started, stopped, cycles } = run;
  const supervisor = stopped ? null : liveSupervisor(paths);
  const running = supervisor !== null && currentSwarm(paths) === id;
  const workers = workersIn(run.state);
  const merged = cycles.filter(({ outcome }) => outcome === 'merged');
  return {
    id,
    /** `running`, `stopped/<reason>`, `stale` (it ended without being stopped), or `missing-started`. */
    state: stateOf(run, running),
    pid: running ? supervisor.pid : (started?.pid ?? null),
    startedAt: started?.['started-at'] ?? null,
    stoppedAt: stopped?.['stopped-at'] ?? null,
    workers: Math.max(started?.workers.length ?? 0, workers.length),
    /** Workers that are at work, or may yet be. */
    active: running ? workers.filter(({ status }) => status !== 'stopped' && status !== 'failed').length : 0,
    cycles: cycles.length,
    merged: merged.length,
    failed: cycles.filter(({ outcome }) => failures.has(outcome)).length,
    /** Tasks claimed, and tasks merged. */
    claimed: distinct(cycles).length,
    done: distinct(merged).length,
  };
}

/** The stable JSON of `oompa view --json`. */
export function viewOf(paths: Paths, run: Run) {
  const facts = factsOf(paths, run);
  const { started, stopped, reviews, state, broken } = run;
  return {
    ...facts,
    configFile: started?.['config-file'] ?? null,
    error: stopped?.error ?? null,
    reviews: reviews.length,
    usage: spentBy(run),
    workers: workersOf(run, facts),
    /** Open changes that go beyond their tasks, a line each. */
    escapes: state ? openChanges(state).flatMap(escapeOf) : [],
    notices: state?.notices.slice(-5).map(({ text }) => text) ?? [],
    broken,
  };
}

function escapeOf(change: Change): string[] {
  const line = escapesLine(change);
  return line ? [`${change.id.slice(0, 7)} by ${change.worker}: ${line}`] : [];
}

function workersOf(run: Run, facts: RunFacts) {
  const seats = new Map(run.started?.workers.map((seat) => [seat.id, seat]));
  const ids = new Set([...seats.keys(), ...workersIn(run.state).map(({ id }) => id), ...run.cycles.map(workerOf)]);
  return [...ids].sort(compareIds).map((id) => {
    const seat = seats.get(id);
    const live = run.state?.workers[id];
    const own = run.cycles.filter((cycle) => cycle['worker-id'] === id);
    const named = seat ? [seat.harness, seat.model, seat.reasoning].filter(Boolean).join(':') : '?';
    return {
      id,
      /** What it does now; of a run that is not running, how that ended. */
      runtime: live && facts.state === 'running' ? activityOf(live) : (facts.state.split('/')[0] ?? ''),
      cycles: own.length,
      iterations: live?.spec.iterations ?? seat?.iterations ?? seat?.['max-cycles'] ?? null,
      merged: own.filter(({ outcome }) => outcome === 'merged').length,
      failed: own.filter(({ outcome }) => failures.has(outcome)).length,
      lastOutcome: own.at(-1)?.outcome ?? null,
      /** What it holds now, or held in its last cycle. */
      claimed: live?.claims ?? own.at(-1)?.['claimed-task-ids'] ?? [],
      model: clean(live?.spec.model ?? named),
    };
  });
}

/** Those that do tasks; reviewers and planner have no cycles. */
function workersIn(state: State | null): Worker[] {
  return Object.values(state?.workers ?? {}).filter(({ seat }) => seat === 'worker');
}

function stateOf({ started, stopped }: Run, running: boolean): string {
  if (!started) return 'missing-started';
  if (stopped) return `stopped/${stopped.reason}`;
  return running ? 'running' : 'stale';
}

/** Tokens and cost of all seats, so far or at the end. */
function spentBy({ state, stopped }: Run): Usage {
  if (state) return usageOf(state);
  return {
    inputTokens: stopped?.['input-tokens'] ?? 0,
    outputTokens: stopped?.['output-tokens'] ?? 0,
    costUsd: stopped?.['cost-usd'] ?? null,
  };
}

function workerOf(cycle: CycleSeen): string {
  return cycle['worker-id'];
}

function distinct(cycles: readonly CycleSeen[]): string[] {
  return [...new Set(cycles.flatMap((cycle) => cycle['claimed-task-ids']))];
}
