// `oompa prompt <worker>`: exactly what an agent would be told next, by the journal of the swarm, or by the config before there is one.
import { clean } from '../../core/clean.ts';
import { exitCodes, Refusal } from '../../core/errors.ts';
import { isFirstPlanOpen } from '../../core/seats/planner.ts';
import { workersOf } from '../../core/select.ts';
import { emptyState, type State } from '../../core/state.ts';
import { transition } from '../../core/transition.ts';
import type { Paths } from '../../disk/paths.ts';
import { promptText } from '../../disk/prompts.ts';
import { detectBase } from '../../git/base.ts';
import type { Git } from '../../git/contract.ts';
import { createGit } from '../../git/git.ts';
import { createPost } from '../../mail/post.ts';
import { promptOf } from '../../supervisor/turn-prompt.ts';
import { createBoard } from '../../tasks/board.ts';
import { lookAtBoard } from '../../tasks/look.ts';
import { nextTurn } from '../next-turn.ts';
import { createPresence } from '../presence.ts';
import { loadSettings } from '../settings.ts';
import { openWorkspace, readLatest } from '../workspace.ts';
import type { Invocation } from './index.ts';

export async function run({ args, options }: Invocation): Promise<number> {
  const paths = openWorkspace();
  const at = new Date().toISOString();
  const id = String(args[0]);
  const latest = readLatest(paths)?.state;
  const goesOn = latest?.swarm && latest.swarm.status !== 'stopped';
  const state = goesOn ? latest : await firstState(paths, at, options.config as string | undefined);
  const worker = state.workers[id];
  if (!worker) {
    throw new Refusal(`there is no worker ${id}`, {
      hint: `workers: ${workersOf(state)
        .map((each) => each.id)
        .join(', ')}`,
      exitCode: exitCodes.noinput,
    });
  }
  const next = nextTurn(state, id, at);
  const told = next && (await textOf(paths, next));
  const why = next ? null : reasonOf(state, id);
  if (options.json) {
    const { kind = null, conversation = null, suggested = null, tasks = [], mail = [] } = next?.effect ?? {};
    const swarm = goesOn ? state.swarm?.id : null;
    const turn = { swarm, worker: id, after: worker.turn?.id ?? null, kind, conversation, suggested, tasks, mail };
    console.log(JSON.stringify({ ...turn, why, prompt: told }, null, 2));
  } else if (told !== null) {
    if (worker.turn) console.error(`(when ${worker.turn.id} ends without a signal)`);
    // Into a file or a pipe it goes as it is.
    process.stdout.write(process.stdout.isTTY ? clean(told, { lines: true, maxLine: Number.POSITIVE_INFINITY }) : told);
  } else console.error(`oompa: ${clean(why ?? '')}`);
  return next ? exitCodes.ok : exitCodes.failed;
}

async function textOf(paths: Paths, { effect, state }: NonNullable<ReturnType<typeof nextTurn>>): Promise<string> {
  const worker = state.workers[effect.worker];
  const { swarm } = state;
  if (!worker || !swarm) throw new Error(`there is no worker ${effect.worker}`);
  const post = createPost({ root: paths.mail });
  const found = await Promise.all(effect.mail.map((mail) => post.find(worker.id, mail)));
  const sources = {
    // Opened only when there is something to read, so that nothing is made where no swarm ever was.
    board: { read: (id: string) => createBoard(paths.tasks).read(id) },
    git: {
      diff: (...of: Parameters<Git['diff']>) =>
        createGit({ paths, swarm: swarm.id, baseBranch: swarm.base.branch }).diff(...of),
    },
    prompt: async (name: string) => promptText(paths, swarm.configFile, name, () => {}),
    isWatched: createPresence(paths).isWatched,
  };
  const mail = found.flatMap((each) => each?.message ?? []);
  return promptOf(sources, { effect, state, worker, mail });
}

/** The state in which a swarm of this config would begin. */
async function firstState(paths: Paths, at: string, file: string | undefined): Promise<State> {
  const { config, providers, file: configFile } = loadSettings(paths, file);
  const base = await detectBase(paths, config.base);
  const { tasks: seen, unreadable } = await lookAtBoard(paths.tasks);
  const start = { type: 'swarm.started', format: 1, swarm: 'unknown', root: paths.root } as const;
  const [begun] = transition(emptyState, { seq: 0, at, event: { ...start, base, config, providers, configFile } });
  const [state] = transition(begun, { seq: 1, at, event: { type: 'board.changed', seen, gone: [], unreadable } });
  return state;
}

function reasonOf(state: State, id: string): string {
  const worker = state.workers[id];
  if (!worker) return `there is no worker ${id}`;
  const first = isFirstPlanOpen(state) && worker.seat === 'worker' ? 'the planner is asked first' : worker.status;
  const what = worker.change ? `its change ${worker.change.slice(0, 7)} is in review` : first;
  return `${id} gets no turn as things stand: ${what}${worker.why ? `, ${worker.why}` : ''}`;
}
