// From the journal to the public files of a run. Pure: the same lines give the same files, so that a missing one can always be written.
import type { Artifact, CycleArtifact, StartedArtifact } from './artifact.ts';
import type { JournalLine } from './event.ts';
import { partsOf } from './model.ts';
import type { CycleRecord, ReviewRecord, RunRecord, TurnLog } from './records.ts';
import type { SeatKind } from './seats/kinds.ts';
import { usageOf, workersOf } from './select.ts';
import type { State, Swarm, Worker } from './state.ts';
import { fold } from './transition.ts';
import type { Usage } from './turn.ts';
import { addUsage, noUsage } from './usage.ts';

/** All files of a journal, in the order in which they came to be, and the state at its end. */
export function artifactsOfJournal(lines: Iterable<JournalLine>): { artifacts: Artifact[]; state: State | null } {
  const artifacts: Artifact[] = [];
  let state: State | null = null;
  fold(lines, undefined, (after) => {
    state = after;
    if (after.records.at(-1)?.seq === after.seq) artifacts.push(...artifactsSince(after, after.seq));
  });
  return { artifacts, state };
}

/** The files that came of the events from `seq` on. */
export function artifactsSince(state: State, seq: number): Artifact[] {
  const { swarm, records } = state;
  if (!swarm) return [];
  const first = records.findLastIndex((record) => record.seq < seq) + 1;
  return records.slice(first).map((record) => artifactOf(record, state, swarm));
}

function artifactOf(record: RunRecord, state: State, swarm: Swarm): Artifact {
  switch (record.kind) {
    case 'started':
      return { kind: 'started', path: 'started.json', content: startedOf(state, swarm) };
    case 'stopped': {
      const { at, reason, left } = record;
      const error = reason === 'error' ? left.join('; ') : null;
      const content = { 'swarm-id': swarm.id, 'stopped-at': at, reason, error, left, ...spent(usageOf(state)) };
      return { kind: 'stopped', path: 'stopped.json', content };
    }
    case 'cycle':
      return {
        kind: 'cycle',
        path: `cycles/${record.worker}-c${record.cycle}.json`,
        content: cycleOf(record, record.at, swarm),
      };
    case 'review':
      return {
        kind: 'review',
        path: `reviews/${record.worker}-c${record.cycle}-r${record.round}.json`,
        content: reviewOf(record, record.at, swarm),
      };
  }
}

function startedOf(state: State, swarm: Swarm): StartedArtifact {
  const seats = workersOf(state);
  const of = (kind: SeatKind) => seats.filter(({ seat }) => seat === kind);
  const reviewers = of('reviewer').map(seatOf);
  const [planner] = of('planner').map(seatOf);
  return {
    'swarm-id': swarm.id,
    'started-at': swarm.startedAt,
    pid: swarm.pid ?? 0,
    'config-file': swarm.configFile,
    base: swarm.base,
    workers: of('worker').map((worker) => ({
      ...seatOf(worker),
      role: worker.spec.role,
      iterations: worker.spec.iterations,
      'max-resumes': worker.spec.max_resumes,
      'can-plan': worker.spec.can_plan,
    })),
    planner: planner ? { ...planner, 'max-pending': swarm.config.planner?.max_pending ?? 0 } : null,
    reviewer: reviewers[0] ?? null,
    reviewers,
  };
}

function seatOf({ id, spec }: Worker) {
  return { id, ...partsOf(spec.model), prompts: spec.prompt };
}

function cycleOf(record: CycleRecord, at: string, swarm: Swarm): CycleArtifact {
  const { log, worktree } = record;
  const startedAt = log.startedAt ?? at;
  return {
    'swarm-id': swarm.id,
    'worker-id': record.worker,
    cycle: record.cycle,
    outcome: record.outcome,
    'started-at': startedAt,
    timestamp: at,
    'duration-ms': Math.max(0, Date.parse(at) - Date.parse(startedAt)),
    'claimed-task-ids': [...log.claimed],
    'recycled-tasks': [...new Set(log.released)],
    'error-snippet': record.reason?.slice(0, 200) ?? null,
    'review-rounds': record.rounds,
    'session-id': record.conversation,
    'worktree-path': worktree?.path ?? null,
    branch: worktree?.branch ?? null,
    change: record.change,
    'merge-sha': record.commit,
    ...spent(log.turns.reduce((total, { usage }) => (usage ? addUsage(total, usage) : total), noUsage)),
    signals: log.turns.flatMap(({ signals }) => signals),
    attempts: log.turns.map((turn) => ({
      turn: turn.turn,
      kind: turn.kind,
      'started-at': turn.sentAt,
      'duration-ms': Math.round(turn.durationMs),
      attempt: turn.attempt,
      outcome: turn.outcome,
      'exit-code': turn.exitCode,
      error: turn.error,
      signals: [...turn.signals],
      'session-id': turn.conversation,
      ...spent(turn.usage ?? noUsage),
    })),
    'timing-ms': timingOf(log.turns, log.reviewMs),
  };
}

/** Turns in which the worker mends what was sent back. */
const fixes: ReadonlySet<TurnLog['kind']> = new Set(['feedback', 'conflict']);

function timingOf(turns: readonly TurnLog[], reviewMs: readonly number[]): CycleArtifact['timing-ms'] {
  const timed = turns.map(({ turn, kind, durationMs }) => ({ turn, kind, ms: Math.round(durationMs) }));
  const total = timed.reduce((sum, { ms }) => sum + ms, 0);
  return {
    'implementation-rounds-ms': timed.filter(({ kind }) => !fixes.has(kind)).map(({ ms }) => ms),
    'review-fixes-ms': timed.filter(({ kind }) => fixes.has(kind)).map(({ ms }) => ms),
    'reviewer-response-ms': reviewMs.map(Math.round),
    'harness-ms': total,
    'llm-calls': timed.map(({ turn, kind, ms }) => ({
      name: turn,
      section: kind,
      'duration-ms': ms,
      percent: total === 0 ? 0 : Math.round((1_000 * ms) / total) / 10,
    })),
  };
}

function reviewOf(record: ReviewRecord, at: string, swarm: Swarm) {
  return {
    'swarm-id': swarm.id,
    'worker-id': record.worker,
    cycle: record.cycle,
    round: record.round,
    verdict: record.verdict,
    by: record.by,
    timestamp: at,
    'duration-ms': Math.round(record.durationMs),
    change: record.change,
    'task-ids': [...record.tasks],
    output: record.output,
    'diff-files': [...record.files],
  };
}

function spent({ inputTokens, outputTokens, costUsd }: Usage) {
  return { 'input-tokens': inputTokens, 'output-tokens': outputTokens, 'cost-usd': costUsd };
}
