// What `oompa run` would do, found out by looking alone: nothing is started, made or written.
import { clean } from '../core/clean.ts';
import { seatsOf } from '../core/seats/kinds.ts';
import type { Paths } from '../disk/paths.ts';
import { promptNames } from '../disk/prompts.ts';
import { detectBase } from '../git/base.ts';
import { lookAtBoard } from '../tasks/look.ts';
import { knowModels } from './models.ts';
import { type Overrides, wantedSettings } from './new-swarm.ts';
import { table } from './table.ts';
import { liveSupervisor, readLatest } from './workspace.ts';

/** The stable JSON of `oompa run --dry-run --json`. Throws the Refusal that the run itself would end with. */
export async function planOf(paths: Paths, overrides: Overrides) {
  const latest = readLatest(paths)?.state.swarm;
  const goesOn = latest && latest.status !== 'stopped' ? latest : null;
  const { config, configFile } = goesOn ?? wantedSettings(paths, overrides);
  const base = goesOn?.base ?? (await detectBase(paths, config.base));
  const { tasks, unreadable } = await lookAtBoard(paths.tasks);
  const complete = new Set(tasks.flatMap(({ id, column }) => (column === 'complete' ? [id] : [])));
  const pending = tasks.filter(({ column }) => column === 'pending');
  const { models } = knowModels(config);
  const seats = seatsOf(config).map(({ id, seat, spec }) => {
    const known = models.get(spec.model);
    const { role, iterations } = spec;
    return {
      id,
      seat,
      model: spec.model,
      harness: known?.harness.name ?? null,
      name: known?.model ?? null,
      reasoning: known?.reasoning ?? null,
      role,
      iterations,
      prompts: promptNames(spec),
    };
  });
  return {
    /** The swarm that would be gone on with; null: a new one. */
    swarm: goesOn?.id ?? null,
    /** The process that runs it already, and that `oompa run` would refuse to disturb. */
    supervisor: liveSupervisor(paths)?.pid ?? null,
    root: paths.root,
    configFile,
    base,
    approval: config.approval,
    whenDone: config.when_done,
    panes: config.panes,
    checks: config.checks,
    seats,
    tasks: {
      pending: pending.length,
      current: tasks.filter(({ column }) => column === 'current').length,
      complete: complete.size,
      claimable: pending.filter(({ dependsOn }) => dependsOn.every((id) => complete.has(id))).map(({ id }) => id),
      unreadable,
    },
  };
}

/** Lines for people. */
export function planText(plan: Awaited<ReturnType<typeof planOf>>): string {
  const { tasks, base } = plan;
  const some = tasks.claimable.slice(0, 10).join(', ');
  const more = tasks.claimable.length > 10 ? ` and ${tasks.claimable.length - 10} more` : '';
  return [
    plan.swarm === null ? 'would start a new swarm' : `would go on with swarm ${plan.swarm}`,
    ...(plan.supervisor === null ? [] : [`but process ${plan.supervisor} runs already: it would be refused`]),
    `repository  ${plan.root}`,
    `config      ${plan.configFile ?? 'none'}`,
    `base        ${base.branch}@${base.sha.slice(0, 7)}`,
    `approval    ${plan.approval}`,
    `checks      ${plan.checks.map(({ name }) => name).join(', ') || 'none'}`,
    `tasks       ${tasks.pending} pending, ${tasks.current} current, ${tasks.complete} complete`,
    `claimable   ${some || 'none'}${more}`,
    ...tasks.unreadable.map(({ file, reason }) => `unreadable  ${file}: ${reason}`),
  ]
    .map((line) => clean(line))
    .concat(
      '',
      table(
        ['seat', 'model', 'role', 'cycles', 'prompts'],
        plan.seats.map((seat) =>
          [
            seat.id,
            seat.model,
            seat.role,
            seat.seat === 'worker' ? String(seat.iterations) : '',
            seat.prompts.join(', '),
          ].map((cell) => clean(cell)),
        ),
      ),
      '',
      'Nothing was started or written. oompa check tries the agents.',
    )
    .join('\n');
}
