// `oompa view [id]`: one run, in numbers and by worker.
import { clean } from '../../core/clean.ts';
import { exitCodes } from '../../core/errors.ts';
import { viewOf } from '../run-facts.ts';
import { findRun, readRun } from '../runs.ts';
import { table } from '../table.ts';
import { openWorkspace } from '../workspace.ts';
import type { Invocation } from './index.ts';

export async function run({ args: [id], options }: Invocation): Promise<number> {
  const paths = openWorkspace();
  const view = viewOf(paths, readRun(paths, findRun(paths, id)));
  console.log(options.json ? JSON.stringify(view, null, 2) : textOf(view));
  return exitCodes.ok;
}

/** Lines for people. */
export function textOf(view: ReturnType<typeof viewOf>): string {
  const { usage } = view;
  const tokens = `${usage.inputTokens} in, ${usage.outputTokens} out`;
  const facts: [name: string, value: string | null][] = [
    ['Swarm', view.id],
    ['State', view.state],
    ['Started', view.startedAt],
    ['PID', view.pid === null ? null : String(view.pid)],
    ['Config', view.configFile ?? 'none'],
    ['Stopped', view.stoppedAt],
    ['Error', view.error],
    ['Cycles', `${view.cycles}: merged=${view.merged} failed=${view.failed}`],
    ['Tasks', `claimed=${view.claimed} completed=${view.done}`],
    ['Reviews', String(view.reviews)],
    ['Tokens', usage.costUsd === null ? tokens : `${tokens}, ${usage.costUsd.toFixed(2)} USD`],
    ...view.escapes.map((line): [string, string] => ['Scope escape', line]),
    ...view.broken.map((path): [string, string] => ['Unreadable', path]),
  ];
  const lines = facts.flatMap(([name, value]) => (value === null ? [] : [[`${name}:`, clean(value)]]));
  const width = Math.max(...lines.map(([name = '']) => name.length));
  const workers = view.workers.map((worker) => [
    worker.id,
    worker.runtime,
    worker.iterations === null ? String(worker.cycles) : `${worker.cycles}/${worker.iterations}`,
    worker.lastOutcome ?? '-',
    worker.claimed.join(', '),
    worker.model,
  ]);
  return [
    ...lines.map(([name = '', value]) => `${name.padEnd(width)}  ${value}`),
    '',
    table(
      ['ID', 'Runtime', 'Cycles', 'Last Outcome', 'Claimed', 'Model'],
      workers.map((row) => row.map((cell) => clean(cell))),
    ),
  ].join('\n');
}
