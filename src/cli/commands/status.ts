// `oompa status [id]`: workers, tasks and changes as they are, or were at the end of a run, from the same fold as the screen.
import { existsSync } from 'node:fs';
import { clean } from '../../core/clean.ts';
import { exitCodes, Refusal } from '../../core/errors.ts';
import { limitedLanes } from '../../core/lanes.ts';
import { escapesLine, reviewOf } from '../../core/review.ts';
import {
  activityOf,
  countsOf,
  occupationOf,
  openChanges,
  reviewQueue,
  tasksOf,
  usageOf,
  workersOf,
} from '../../core/select.ts';
import type { State } from '../../core/state.ts';
import { isUsed, usageLabel } from '../../core/usage.ts';
import type { Paths } from '../../disk/paths.ts';
import { findRun } from '../runs.ts';
import { usageCells, usageHead } from '../summary.ts';
import { table } from '../table.ts';
import { currentSwarm, type Latest, liveSupervisor, needLatest, openWorkspace, readSwarm } from '../workspace.ts';
import type { Invocation } from './index.ts';

export async function run({ args: [id], options }: Invocation): Promise<number> {
  const paths = openWorkspace();
  const { swarm, state } = id === undefined ? needLatest(paths) : needSwarm(paths, findRun(paths, id));
  // The lock is that of the latest swarm: one that came before it has no supervisor any more.
  const isLatest = swarm === currentSwarm(paths);
  const supervisor = isLatest ? (liveSupervisor(paths)?.pid ?? null) : null;
  if (options.json) console.log(JSON.stringify(summary(state, supervisor), null, 2));
  else console.log(text(state, supervisor, isLatest));
  return exitCodes.ok;
}

function needSwarm(paths: Paths, id: string): Latest {
  const found = existsSync(paths.journal(id)) ? readSwarm(paths, id) : null;
  if (found?.state.swarm) return found;
  throw new Refusal(`run ${id} has no journal to tell its status from`, {
    hint: `oompa view ${id} shows what its files tell`,
    exitCode: exitCodes.noinput,
  });
}

/** The stable JSON of `oompa status --json`. */
export function summary(state: State, supervisor: number | null) {
  const { swarm } = state;
  return {
    swarm: swarm && {
      id: swarm.id,
      status: swarm.status,
      base: swarm.base,
      startedAt: swarm.startedAt,
      panes: swarm.panes,
      root: swarm.root,
    },
    supervisor,
    counts: countsOf(state),
    lanes: limitedLanes(state),
    holds: state.holds,
    usage: usageOf(state),
    workers: workersOf(state).map(
      ({ id, status, why, since, spec, claims, change, cycle, finished, turn, ask, usage }) => ({
        id,
        status,
        why,
        since,
        model: spec.model,
        role: spec.role,
        claims,
        change,
        cycle,
        finished,
        turn,
        ask,
        usage,
      }),
    ),
    tasks: Object.values(state.tasks),
    changes: Object.values(state.changes).map(
      ({
        id,
        worker,
        tasks,
        title,
        status,
        since,
        base,
        files,
        added,
        removed,
        integration,
        approval,
        reason,
        held,
        landed,
        round,
        review,
        escapes,
      }) => ({
        id,
        worker,
        tasks,
        title,
        status,
        since,
        base,
        files: files.length,
        added,
        removed,
        round,
        checks: integration?.checks.map(({ name, ok, code, durationMs }) => ({ name, ok, code, durationMs })) ?? null,
        review,
        escapes,
        approval,
        reason,
        held,
        landed,
      }),
    ),
    notices: state.notices,
    unreadable: state.unreadable,
  };
}

function text(state: State, supervisor: number | null, isLatest: boolean): string {
  const { swarm } = state;
  if (!swarm) return 'no swarm';
  const counts = countsOf(state);
  const open = openChanges(state).length;
  const lanes = limitedLanes(state).map(({ name, running, limit }) => `${name} ${running}/${limit}`);
  const used = tasksOf(state).filter((task) => isUsed(task.usage));
  const who =
    supervisor === null
      ? swarm.status === 'stopped'
        ? 'stopped'
        : isLatest
          ? 'supervisor down; oompa tui goes on'
          : 'stale: it ended without being stopped'
      : `supervisor ${supervisor}`;
  return [
    `swarm ${swarm.id}  ${swarm.status}  ${swarm.base.branch}@${swarm.base.sha.slice(0, 7)}  panes: ${swarm.panes ?? '-'}  ${who}`,
    `tasks: ${counts.pending} pending, ${counts.current} current, ${counts.review} in review, ${counts.merged} complete${counts.blocked > 0 ? `, ${counts.blocked} blocked` : ''}`,
    ...(isUsed(usageOf(state)) ? [`used: ${usageLabel(usageOf(state))}`] : []),
    ...(lanes.length > 0 ? [`lanes: ${clean(lanes.join(', '))}`] : []),
    '',
    table(
      ['worker', 'role', 'status', 'model', 'cycle', 'tasks', ...usageHead, 'why'],
      workersOf(state).map((worker) => [
        worker.id,
        clean(worker.spec.role),
        activityOf(worker),
        clean(worker.spec.model),
        String(worker.cycle),
        occupationOf(worker),
        ...usageCells(worker.usage),
        clean(worker.why ?? ''),
      ]),
    ),
    ...(open > 0
      ? [
          '',
          table(
            ['change', 'status', 'worker', 'tasks', 'files', '+', '-', 'review', 'reason'],
            reviewQueue(state).map((change) => [
              change.id.slice(0, 10),
              change.status,
              change.worker,
              change.tasks.join(', '),
              String(change.files.length),
              String(change.added),
              String(change.removed),
              clean(reviewOf(change)?.text ?? ''),
              clean(change.held?.reason ?? change.reason ?? escapesLine(change) ?? ''),
            ]),
          ),
        ]
      : []),
    ...(used.length > 0
      ? [
          '',
          table(
            ['task', 'status', 'worker', ...usageHead],
            used.map((task) => [task.id, task.status, task.worker ?? '', ...usageCells(task.usage)]),
          ),
        ]
      : []),
    ...Object.entries(state.unreadable).map(([file, reason]) => `unreadable: ${clean(file)}: ${clean(reason)}`),
  ].join('\n');
}
