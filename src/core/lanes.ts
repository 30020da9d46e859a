// Lanes: the names that turns are counted, priced and held up by: a provider, a harness (or alias), a model.
import type { State, Swarm, Worker } from './state.ts';

type Known = Pick<Swarm, 'providers'> | null;

/** The harness, or alias of one, that a worker's turns run on: what stands before the colon in its model string. */
export function accountOf(worker: Worker): string {
  return accountIn(worker.spec.model);
}

/** The same, of a model string. */
export function accountIn(model: string): string {
  return model.split(':', 1)[0] ?? '';
}

/** Whose service a worker's turns ask; its account where that is not known. */
export function providerOf(swarm: Known, worker: Worker): string {
  return swarm?.providers[worker.spec.model] ?? accountOf(worker);
}

/** `claude:opus:high` counts in `anthropic`, `claude`, `claude:opus` and `claude:opus:high`: the widest lane first. */
export function lanesIn(model: string, providers: Swarm['providers']): string[] {
  const parts = model.split(':');
  const own = parts.map((_, index) => parts.slice(0, index + 1).join(':'));
  const provider = providers[model];
  return provider === undefined ? own : [...new Set([provider, ...own])];
}

export function lanesOf(swarm: Known, worker: Worker): string[] {
  return lanesIn(worker.spec.model, swarm?.providers ?? {});
}

/** A lane with a limit: turns in flight, of how many at the most. */
export interface Lane {
  name: string;
  running: number;
  limit: number;
}

/** The lanes that `limits` names, in its order. A turn is in flight until it is answered: then nothing of its processes is left. */
export function limitedLanes({ swarm, workers }: Pick<State, 'swarm' | 'workers'>): Lane[] {
  const limits = Object.entries(swarm?.config.limits ?? {});
  if (limits.length === 0) return [];
  const running = Object.values(workers).filter((worker) => worker.turn !== null);
  const taken = running.flatMap((worker) => lanesOf(swarm, worker));
  return limits.map(([name, limit]) => ({ name, limit, running: taken.filter((lane) => lane === name).length }));
}

/** Whether a turn of this worker may start beside those in flight. */
export function hasRoom(state: State, worker: Worker): boolean {
  const own = lanesOf(state.swarm, worker);
  return limitedLanes(state).every(({ name, running, limit }) => running < limit || !own.includes(name));
}
