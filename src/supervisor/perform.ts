// The hands: effect type → what is done in the world, answered by an event. Adapters throw; one place turns that into effect.failed.
import type { Effect, EffectOf, EffectType } from '../core/effect.ts';
import { EffectError, messageOf } from '../core/errors.ts';
import type { Event } from '../core/event.ts';
import { compareIds } from '../core/ids.ts';
import { accountOf } from '../core/lanes.ts';
import { traitsOf } from '../core/seats/kinds.ts';
import type { State } from '../core/state.ts';
import type { Answer, Turn } from '../core/turn.ts';
import { boundsOf, refusalOf } from './bounds.ts';
import { commitMessage, mergeMessage } from './commit-message.ts';
import type { World } from './contract.ts';
import { promptOf } from './turn-prompt.ts';

type Hands = { [T in EffectType]: (world: World, effect: EffectOf<T>, state: State, id: string) => Promise<Event> };

/** Does one effect. Never rejects: what fails becomes `effect.failed`. */
export async function perform(world: World, id: string, effect: Effect, state: State): Promise<Event> {
  try {
    return await (hands[effect.type] as (world: World, effect: Effect, state: State, id: string) => Promise<Event>)(
      world,
      effect,
      state,
      id,
    );
  } catch (error) {
    const known = error instanceof EffectError ? error : null;
    if (!known) world.log(`defect in ${effect.type}: ${error instanceof Error ? error.stack : String(error)}`);
    return {
      type: 'effect.failed',
      code: known?.code ?? 'defect',
      message: messageOf(error),
      hint: known?.hint ?? null,
      retryable: known?.retryable ?? true,
    };
  }
}

const hands: Hands = {
  'worktree.prepare': async ({ git, board, post, paths }, { worker, base }, state) => {
    const { path, branch, head } = await git.prepareWorktree(worker, base);
    if (!copiesBoard(state, worker)) await board.prepareView(paths.view(worker));
    await post.open(worker);
    return { type: 'worktree.ready', worker, path, branch, base: head };
  },
  'worktree.reset': async ({ git }, { worker, base, why }) => {
    return { type: 'worktree.reset', worker, ...(await git.resetWorktree(worker, base, why)) };
  },
  'worktree.remove': async ({ git, board, paths, clock }, { worker }, state) => {
    // A task file that the agent moved here at the last moment goes back to everybody.
    const moved = copiesBoard(state, worker) ? [] : await board.scanView(paths.view(worker));
    for (const { id, path } of moved) {
      await board.adopt(path);
      await board.release([id], { by: worker, at: clock.now(), reason: 'the worker was stopped', feedback: null });
    }
    const removed = await git.removeWorktree(worker);
    await board.removeView(paths.view(worker));
    return { type: 'worktree.removed', worker, ...removed };
  },
  'pane.open': async ({ panes, runner, paths }, { worker }, state) => {
    const title = `${worker} ${state.workers[worker]?.spec.model ?? ''}`;
    const pane = await panes.open({ key: worker, ...runner(worker), cwd: paths.root, title });
    return { type: 'pane.opened', worker, pane: pane.id };
  },
  'pane.close': async ({ panes }, { worker }, state) => {
    await panes.close(worker);
    return { type: 'pane.closed', worker, pane: state.workers[worker]?.pane ?? null };
  },
  'turn.send': sendTurn,
  'tasks.claim': async ({ board }, { worker, tasks }, state, id) => {
    const earlier = new Set(
      Object.entries(state.pending).flatMap(([other, { effect }]) =>
        effect.type === 'tasks.claim' && effect.worker !== worker && compareIds(other, id) < 0 ? effect.tasks : [],
      ),
    );
    const refused = tasks.flatMap((id) => {
      const task = state.tasks[id];
      const why = task ? refusalOf(state, task, worker, earlier) : null;
      return why === null ? [] : [{ id, why }];
    });
    const result = await board.claim(
      tasks.filter((id) => !refused.some((each) => each.id === id)),
      // A claim of an earlier try of this very effect: the file lies in current and nobody else holds it.
      { mine: (id) => (state.tasks[id]?.worker ?? worker) === worker },
    );
    return { type: 'tasks.claimed', worker, claimed: result.claimed, refused: [...result.refused, ...refused] };
  },
  'tasks.adopt': async ({ board }, { worker, file }) => ({
    type: 'tasks.claimed',
    worker,
    ...(await board.adopt(file)),
  }),
  'tasks.collect': async ({ board, paths }, { worker }) => ({
    type: 'tasks.collected',
    worker,
    ...(await board.collect(paths.view(worker))),
  }),
  'tasks.release': async ({ board }, { tasks, worker, reason, feedback, at }, state) => {
    // Tried again late, it must not take a task from the hands of its next worker.
    const free = tasks.filter((id) => (state.tasks[id]?.worker ?? null) === null);
    await board.release(free, { by: worker, at, reason, feedback });
    return { type: 'tasks.released', tasks };
  },
  'tasks.complete': async ({ board }, { tasks, worker, commit, rounds, at }) => {
    await board.complete(tasks, { by: worker, at, commit, reviewRounds: rounds });
    return { type: 'tasks.completed', tasks };
  },
  'work.commit': async ({ git }, { worker, tasks, cycle }, state) => {
    const committed = await git.commitWork(worker, commitMessage(state, worker, tasks, cycle));
    return committed ? { type: 'work.committed', worker, tasks, ...committed } : { type: 'work.empty', worker };
  },
  'change.integrate': async (world, { change, base, at }, state) => {
    const { lost, escapes } = boundsOf(world, state, change);
    if (lost.length > 0) return { type: 'change.fenced', change, lost };
    const config = state.swarm?.config;
    const result = await world.git.integrate({
      head: change,
      base,
      at,
      message: mergeMessage(state, change),
      checks: config?.checks ?? [],
      checkTimeoutMs: config?.timeouts.check ?? 900_000,
    });
    if (result.kind === 'conflicted')
      return { type: 'change.conflicted', change, base: result.base, files: result.files, with: result.with };
    const { commit, tree, checks } = result;
    return { type: 'change.integrated', change, base: result.base, commit, tree, checks, escapes };
  },
  'change.land': async (world, { change, base, commit }, state) => {
    const { lost } = boundsOf(world, state, change);
    if (lost.length > 0) return { type: 'change.fenced', change, lost };
    const result = await world.git.land({ base, commit });
    if (result.kind === 'landed') return { type: 'change.landed', change, commit: result.commit };
    if (result.kind === 'raced') return { type: 'change.raced', change, base: result.base };
    return { type: 'change.held', change, reason: result.reason, files: result.files };
  },
  'conflict.open': async ({ git }, { worker, base }) => ({
    type: 'conflict.opened',
    worker,
    ...(await git.openConflict(worker, base)),
  }),
  'mail.tell': async ({ post }, { to, subject, body, key }) => {
    await post.deliver({ from: 'lead', to: [to], subject, body, key, type: 'note' });
    return { type: 'mail.told', to };
  },
  'ask.answer': async ({ post }, { worker, ask, choice }, state, id) => {
    const key = `${state.swarm?.id}.${id}`;
    const body: Answer = { ask, choice };
    await post.deliver({
      from: 'lead',
      to: [worker],
      subject: `${choice} ${ask}`,
      body: JSON.stringify(body),
      type: 'answer',
      key,
    });
    return { type: 'mail.told', to: worker };
  },
  'swarm.close': async (world, { reason }, state) => {
    await world.leases.reconcile([]);
    const { left } = await world.git.close();
    await world.panes.destroy();
    const strays = await world.sweep(state.swarm?.id ?? '');
    return { type: 'swarm.stopped', reason, left: [...left, ...strays.map((pid) => `process ${pid}`)] };
  },
};

function copiesBoard(state: State, worker: string): boolean {
  return traitsOf[state.workers[worker]?.seat ?? 'worker'].copiesBoard;
}

async function sendTurn(world: World, effect: EffectOf<'turn.send'>, state: State): Promise<Event> {
  const { worker: id, turn, kind, conversation } = effect;
  const worker = state.workers[id];
  const swarm = state.swarm;
  if (!worker || !swarm) throw new EffectError({ code: 'no-worker', message: `there is no worker ${id}` });
  const found = await Promise.all(effect.mail.map((mail) => world.post.find(id, mail)));
  // What its agent has read by itself meanwhile need not be quoted.
  const mail = found.filter((each) => each !== null).filter(({ flags }) => !flags.includes('S'));
  if (copiesBoard(state, id)) await world.board.giveCopy(world.paths.view(id), `${swarm.id}.${turn}`);
  const prompt = await promptOf(world, { effect, state, worker, mail: mail.map(({ message }) => message) });
  const body: Turn = {
    turn,
    swarm: swarm.id,
    worker: id,
    kind,
    prompt,
    cwd: worker.worktree?.path ?? world.paths.tree(id),
    model: worker.spec.model,
    alias: swarm.config.harnesses[accountOf(worker)] ?? null,
    drive: worker.spec.drive,
    permissions: worker.spec.permissions,
    conversation,
    readOnly: traitsOf[worker.seat].readOnly,
    timeouts: { idleMs: swarm.config.timeouts.idle, totalMs: swarm.config.timeouts.total },
  };
  await world.post.deliver({
    from: 'lead',
    to: [id],
    subject: `turn ${turn}`,
    body: JSON.stringify(body),
    type: 'turn',
    key: `${swarm.id}.${turn}`,
  });
  for (const received of mail) await world.post.take(received, 'S');
  return { type: 'turn.sent', worker: id, turn, mail: effect.mail };
}
