// The loop: eyes on the world, one transition at a time, hands on the world. Holds no truth of its own.
import type { Effect } from '../core/effect.ts';
import { messageOf } from '../core/errors.ts';
import type { Event, JournalLine } from '../core/event.ts';
import type { State } from '../core/state.ts';
import { createLook } from '../disk/look.ts';
import type { JournalWriter, Sight, World } from './contract.ts';
import { createDispatcher } from './dispatch.ts';
import { perform } from './perform.ts';
import { readBase } from './sensors/base.ts';
import { readBoard, readView } from './sensors/board.ts';
import { readLeases } from './sensors/leases.ts';
import { readLeadMail, readWorkerMail } from './sensors/mail.ts';
import { readPanes } from './sensors/panes.ts';

/** The beat: how often everything is looked at although nothing hinted at it; and every how many beats the task files are. */
const beatMs = 1_000;
const boardEvery = 5;
/** Merges and checks at the same time. */
const mostIntegrations = 2;

export interface Supervisor {
  state(): State;
  dispatch: Sight['dispatch'];
  /** Resolves once the swarm is stopped; rejects on a defect (the journal cannot be written). */
  ended: Promise<State>;
  /** Lets go without stopping the swarm: nothing is written or done after it resolves. What is under way is left to the next supervisor. */
  release(): Promise<void>;
}

export interface SupervisorOptions {
  world: World;
  /** The fold of the journal so far; empty for a new swarm. */
  state: State;
  journal: JournalWriter;
  /** `swarm.started` for a new swarm, then `supervisor.started`. */
  first: readonly Event[];
  onLines?(lines: readonly JournalLine[], state: State): void;
}

/** Starts (or goes on with) a swarm: asks the world how things stand, does what was asked for and not answered, then listens. */
export async function startSupervisor(options: SupervisorOptions): Promise<Supervisor> {
  const { world } = options;
  const undo: (() => void)[] = [];
  let released = false;
  let finish: (state: State) => void = () => {};
  let fail: (error: unknown) => void = () => {};
  const ended = new Promise<State>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  ended.catch(() => {});

  const integrations = createGate(mostIntegrations);
  const act = (id: string, effect: Effect): void => {
    const work = () =>
      released
        ? Promise.resolve()
        : perform(world, id, effect, dispatcher.state()).then((event) =>
            released ? undefined : dispatcher.dispatch(event, { cause: id }),
          );
    (effect.type === 'change.integrate' ? integrations(work) : work()).catch((error) =>
      world.log(`effect ${id} (${effect.type}): ${messageOf(error)}`),
    );
  };
  const dispatcher = createDispatcher({
    state: options.state,
    journal: options.journal,
    clock: world.clock,
    act,
    onLines: (lines, state) => {
      options.onLines?.(lines, state);
      if (state.swarm?.status === 'stopped') {
        void release();
        finish(state);
      } else watchWorkers();
    },
    onDefect: (error) => {
      void release();
      fail(error);
    },
  });
  const sight: Sight = { state: dispatcher.state, dispatch: dispatcher.dispatch };

  async function release(): Promise<void> {
    released = true;
    for (const each of undo.splice(0)) each();
    await dispatcher.close();
  }

  // Each sensor looks once at a time; a hint during a look makes it look again.
  const look = <A extends unknown[]>(name: string, sensor: (...values: A) => Promise<void>) =>
    createLook(
      async (...values: A) => {
        if (!released) await sensor(...values);
      },
      (error) => world.log(`sensor ${name}: ${messageOf(error)}`),
    );
  const view = look('view', (worker: string) => readView(world, sight, worker));
  // What an agent moved or wrote in a turn is known before that turn's end is judged.
  const traces = async (worker: string) => {
    await view(worker);
    await board();
  };
  const lead = look('mail', () => readLeadMail(world, sight, traces));
  const workerMail = look('worker mail', (worker: string) => readWorkerMail(world, sight, worker));
  const board = look('board', () => readBoard(world, sight, view));
  const chores = look('mail chores', () => world.keepMail());
  const panes = look('panes', () => readPanes(world, sight));
  const base = look('base', () => readBase(world, sight));
  const leases = look('leases', () => readLeases(world, sight));

  const watched = new Set<string>();
  function watchWorkers(): void {
    for (const { id, worktree } of Object.values(dispatcher.state().workers)) {
      if (!worktree || watched.has(id)) continue;
      watched.add(id);
      undo.push(world.post.onHint([id], () => void workerMail(id)));
      undo.push(
        world.watch([`${world.paths.view(id)}/current`, `${world.paths.view(id)}/complete`], () => void view(id)),
      );
      void workerMail(id);
    }
  }

  const unanswered = Object.entries(options.state.pending).filter(([, pending]) => pending.retryAt === null);
  await world.post.open('lead');
  await world.post.open('operator');
  for (const event of options.first) await dispatcher.dispatch(event);
  for (const [id, { effect }] of unanswered) act(id, effect);
  watchWorkers();

  undo.push(world.post.onHint(['lead'], () => void lead()));
  undo.push(
    world.watch(
      ['pending', 'current', 'complete'].map((column) => `${world.paths.tasks}/${column}`),
      () => void board(),
    ),
  );
  undo.push(world.panes.onHint(() => void panes()));
  let beats = 0;
  undo.push(
    world.clock.every(beatMs, () => {
      beats += 1;
      void dispatcher.dispatch({ type: 'beat' }).catch(() => {});
      void panes();
      void base();
      void leases();
      if (beats % boardEvery !== 0) return;
      void board();
      void lead();
      void chores();
      for (const id of watched) {
        void view(id);
        void workerMail(id);
      }
    }),
  );
  await base();
  await board();
  await panes();
  void lead();
  return { state: dispatcher.state, dispatch: dispatcher.dispatch, ended, release };
}

/** Lets at most `most` pieces of work run at a time, first come first served. */
function createGate(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}
