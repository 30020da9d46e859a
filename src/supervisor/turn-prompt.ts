// What each kind of seat is told in a turn: gathers the parts from board, git and prompt files. How they are put together: *prompt.ts.
import type { EffectOf } from '../core/effect.ts';
import { EffectError } from '../core/errors.ts';
import type { SeatKind } from '../core/seats/kinds.ts';
import type { State, Worker } from '../core/state.ts';
import type { Message } from '../mail/contract.ts';
import type { World } from './contract.ts';
import { composePlan } from './plan-prompt.ts';
import { composePrompt } from './prompt.ts';
import { composeReview } from './review-prompt.ts';

export interface Asked {
  effect: EffectOf<'turn.send'>;
  state: State;
  worker: Worker;
  mail: readonly Message[];
}

/** How much of a diff a prompt holds, in bytes. */
const mostDiff = 64 * 1024;

export function promptOf(world: World, asked: Asked): Promise<string> {
  return composers[asked.worker.seat](world, asked);
}

const composers: Readonly<Record<SeatKind, (world: World, asked: Asked) => Promise<string>>> = {
  async worker(world, { effect, state, worker, mail }) {
    return composePrompt({
      ...{ state, effect, mail },
      claims: await tasksOf(world, effect),
      rules: await rulesOf(world, ['_task-rules', '_scope', '_mail']),
      roles: await rolesOf(world, worker),
      resumed: effect.conversation !== null,
    });
  },
  async reviewer(world, { effect, state, worker, mail }) {
    const change = state.changes[effect.review ?? ''];
    if (!change) throw new EffectError({ code: 'no-change', message: `there is no change ${effect.review}` });
    return composeReview({
      ...{ state, effect, mail, change },
      tasks: await tasksOf(world, effect),
      diff: await world.git.diff(change.base, change.id, { limit: mostDiff }),
      rules: await rulesOf(world, ['_verdict']),
      roles: await rolesOf(world, worker),
    });
  },
  async planner(world, { effect, state, worker, mail }) {
    const rules = await rulesOf(world, ['_plan']);
    return composePlan({ state, effect, mail, rules, roles: await rolesOf(world, worker) });
  },
};

async function tasksOf({ board }: World, { tasks }: EffectOf<'turn.send'>) {
  return (await Promise.all(tasks.map((task) => board.read(task)))).filter((each) => each !== null);
}

async function rulesOf(world: World, names: readonly string[]): Promise<(string | null)[]> {
  return Promise.all(names.map((name) => world.prompt(name)));
}

async function rolesOf(world: World, { spec }: Worker): Promise<string[]> {
  const names = spec.prompt.length > 0 ? spec.prompt : [spec.role];
  return (await Promise.all(names.map((name) => world.prompt(name)))).filter((text) => text !== null);
}
