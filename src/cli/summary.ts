// What a run came to: a table of tasks, and an exit code.
import { clean } from '../core/clean.ts';
import { exitCodes } from '../core/errors.ts';
import { tasksOf } from '../core/select.ts';
import type { State } from '../core/state.ts';
import type { Usage } from '../core/turn.ts';
import { costLabel } from '../core/usage.ts';
import { table } from './table.ts';

export function summaryTable(state: State): string {
  const rows = tasksOf(state).map((task) => {
    const change = task.change ? state.changes[task.change] : undefined;
    return [
      task.id,
      task.status,
      change?.worker ?? task.worker ?? '',
      change?.landed?.slice(0, 10) ?? '',
      String(change?.round ?? ''),
      ...usageCells(task.usage),
      clean(task.reason ?? task.summary),
    ];
  });
  return table(['task', 'status', 'worker', 'merged as', 'rounds', ...usageHead, ''], rows);
}

export const usageHead = ['tokens', 'cost'] as const;

/** Empty where nothing is known: a command tells no tokens, and not every harness a cost. */
export function usageCells({ inputTokens, outputTokens, costUsd }: Usage): [tokens: string, cost: string] {
  const tokens = inputTokens + outputTokens;
  return [tokens > 0 ? String(tokens) : '', costUsd === null ? '' : costLabel(costUsd)];
}

/** 0 when the run did what it was for: every task is merged, or it was stopped and not every worker had failed. A run without tasks needs one as well. */
export function overallCode(state: State): number {
  const tasks = Object.values(state.tasks);
  const workers = Object.values(state.workers);
  const allFailed = workers.length > 0 && workers.every((worker) => worker.failures > 0);
  if (state.swarm?.stopReason !== 'completed' || tasks.length === 0) return allFailed ? exitCodes.failed : exitCodes.ok;
  return tasks.every((task) => task.status === 'merged') ? exitCodes.ok : exitCodes.failed;
}
