// What each kind of seat is told in a turn: gathers the parts from board, git and prompt files. How they are put together: *prompt.ts.
import type { EffectOf } from '../core/effect.ts';
import { EffectError } from '../core/errors.ts';
import type { SeatKind } from '../core/seats/kinds.ts';
import type { State, Worker } from '../core/state.ts';
import type { TurnKind } from '../core/turn.ts';
import { bundled, promptNames } from '../disk/prompts.ts';
import type { Message } from '../mail/contract.ts';
import type { World } from './contract.ts';
import { composePlan } from './plan-prompt.ts';
import { composePrompt } from './prompt.ts';
import { composeReview } from './review-prompt.ts';

/** Prompt files that each kind of seat is told beside its role's. */
const rules: Readonly<Record<SeatKind, readonly string[]>> = {
  worker: ['_task-rules', '_scope', '_mail'].map(bundled),
  reviewer: ['_verdict'].map(bundled),
  planner: ['_plan'].map(bundled),
};

/** Prompt files that a kind of turn has beside those. */
const kinds: { [K in TurnKind]?: readonly string[] } = {
  feedback: ['fixer'].map(bundled),
  conflict: ['resolver'].map(bundled),
};

/** All that may be told beside a role. */
export const sharedPrompts: readonly string[] = [...Object.values(rules), ...Object.values(kinds)].flat();

/** The places that a prompt is gathered from. They are looked at, and nothing is changed. */
export interface PromptSources {
  board: Pick<World['board'], 'read'>;
  git: Pick<World['git'], 'diff'>;
  prompt: World['prompt'];
  isWatched: World['isWatched'];
}

export interface Asked {
  effect: EffectOf<'turn.send'>;
  state: State;
  worker: Worker;
  mail: readonly Message[];
}

/** How much of a diff a prompt holds, in bytes. */
const mostDiff = 64 * 1024;

/** The whole prompt of a turn. Rejects when a prompt file is nowhere. */
export function promptOf(world: PromptSources, asked: Asked): Promise<string> {
  return composers[asked.worker.seat](world, asked);
}

const composers: Readonly<Record<SeatKind, (world: PromptSources, asked: Asked) => Promise<string>>> = {
  async worker(world, { effect, state, worker, mail }) {
    return composePrompt({
      ...{ state, effect, mail },
      claims: await tasksOf(world, effect),
      rules: await promptsOf(world, rules.worker),
      roles: await promptsOf(world, promptNames(worker.spec)),
      kind: await promptsOf(world, kinds[effect.kind] ?? []),
      resumed: effect.conversation !== null,
      watched: world.isWatched(),
    });
  },
  async reviewer(world, { effect, state, worker, mail }) {
    const change = state.changes[effect.review ?? ''];
    if (!change) throw new EffectError({ code: 'no-change', message: `there is no change ${effect.review}` });
    return composeReview({
      ...{ state, effect, mail, change },
      tasks: await tasksOf(world, effect),
      diff: await world.git.diff(change.base, change.id, { limit: mostDiff }),
      rules: await promptsOf(world, rules.reviewer),
      roles: await promptsOf(world, promptNames(worker.spec)),
    });
  },
  async planner(world, { effect, state, worker, mail }) {
    return composePlan({
      ...{ state, effect, mail },
      rules: await promptsOf(world, rules.planner),
      roles: await promptsOf(world, promptNames(worker.spec)),
    });
  },
};

async function tasksOf({ board }: PromptSources, { tasks }: EffectOf<'turn.send'>) {
  return (await Promise.all(tasks.map((task) => board.read(task)))).filter((each) => each !== null);
}

async function promptsOf({ prompt }: PromptSources, names: readonly string[]): Promise<string[]> {
  return Promise.all(names.map(prompt));
}
