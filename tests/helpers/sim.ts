// A world without a world: answers effects with plausible events, in any order, so that stories and properties can run on core alone.
import { Config, type ConfigInput } from '../../src/core/config.ts';
import type { Effect } from '../../src/core/effect.ts';
import type { Event, JournalLine } from '../../src/core/event.ts';
import { noSignals, type Signals } from '../../src/core/signals.ts';
import { emptyState, type State } from '../../src/core/state.ts';
import { transition } from '../../src/core/transition.ts';

export interface Sim {
  state: State;
  lines: JournalLine[];
  /** Effects asked for and not yet answered, with their ids. */
  open: { id: string; effect: Effect }[];
  happen(event: Event, origin?: { cause?: string; mail?: string }): void;
  answer(id: string, event: Event): void;
  wind(ms: number): void;
  random(): number;
}

export const sha = (n: number | string): string => {
  let hash = 0x811c9dc5;
  for (const c of String(n)) hash = Math.imul(hash ^ c.charCodeAt(0), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0').repeat(5);
};

export function task(id: string, more: Partial<{ dependsOn: string[]; priority: number; files: string[] }> = {}) {
  return {
    id,
    file: `${id}.json`,
    column: 'pending' as const,
    summary: `do ${id}`,
    priority: more.priority ?? null,
    dependsOn: more.dependsOn ?? [],
    files: more.files ?? [],
  };
}

export function createSim(
  config: ConfigInput,
  tasks: ReturnType<typeof task>[],
  seed = 1,
  providers: Record<string, string> = {},
): Sim {
  let now = Date.parse('2026-01-01T00:00:00Z');
  let random = seed;
  const sim: Sim = {
    state: emptyState,
    lines: [],
    open: [],
    happen(event, origin = {}) {
      const happened = { seq: sim.state.seq + 1, at: new Date(now).toISOString(), ...origin, event };
      const [next, effects] = transition(sim.state, happened);
      if (next === sim.state) return;
      sim.state = next;
      sim.lines.push({ ...happened, effects });
      for (const [index, effect] of effects.entries()) sim.open.push({ id: `${happened.seq}.${index}`, effect });
    },
    answer(id, event) {
      sim.open = sim.open.filter((each) => each.id !== id);
      sim.happen(event, { cause: id });
    },
    wind(ms) {
      now += ms;
      sim.happen({ type: 'beat' });
    },
    random() {
      random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
      return random / 2 ** 32;
    },
  };
  sim.happen({
    type: 'swarm.started',
    format: 1,
    swarm: 'abcd1234',
    root: '/r',
    base: { branch: 'main', sha: sha('base') },
    config: Config.parse(config),
    providers,
    configFile: null,
  });
  sim.happen({ type: 'supervisor.started', pid: 1, panes: 'memory', panesReason: null, healed: 0 });
  sim.happen({ type: 'board.changed', seen: tasks, gone: [], unreadable: [] });
  return sim;
}

export const ended = (
  worker: string,
  turn: string,
  more: Partial<Extract<Event, { type: 'turn.ended' }>> = {},
): Event => ({
  type: 'turn.ended',
  worker,
  turn,
  attempt: 1,
  outcome: 'done',
  exitCode: 0,
  error: null,
  signals: noSignals,
  said: '',
  conversation: null,
  usage: null,
  durationMs: 5,
  ...more,
});

/** The event of an effect that works. `work.commit` makes a head of its own. */
export function goodOutcome(sim: Sim, id: string, effect: Effect): Event {
  switch (effect.type) {
    case 'worktree.prepare':
      return {
        type: 'worktree.ready',
        worker: effect.worker,
        path: `/w/${effect.worker}`,
        branch: `oompa/x/${effect.worker}`,
        base: effect.base,
      };
    case 'worktree.reset':
      return { type: 'worktree.reset', worker: effect.worker, base: effect.base, saved: null };
    case 'worktree.remove':
      return { type: 'worktree.removed', worker: effect.worker, saved: null };
    case 'pane.open':
      return { type: 'pane.opened', worker: effect.worker, pane: `%${id}` };
    case 'pane.close':
      return { type: 'pane.closed', worker: effect.worker, pane: null };
    case 'turn.send':
      return { type: 'turn.sent', worker: effect.worker, turn: effect.turn, mail: effect.mail };
    case 'tasks.claim':
      return {
        type: 'tasks.claimed',
        worker: effect.worker,
        claimed: effect.tasks.filter((each) => (sim.state.tasks[each]?.worker ?? effect.worker) === effect.worker),
        refused: [],
      };
    case 'tasks.adopt':
      return { type: 'tasks.claimed', worker: effect.worker, claimed: [effect.task], refused: [] };
    case 'tasks.collect':
      return { type: 'tasks.collected', worker: effect.worker, added: [], refused: [], discarded: [] };
    case 'tasks.release':
      return { type: 'tasks.released', tasks: effect.tasks };
    case 'tasks.complete':
      return { type: 'tasks.completed', tasks: effect.tasks };
    case 'work.commit':
      return {
        type: 'work.committed',
        worker: effect.worker,
        tasks: effect.tasks,
        base: sim.state.swarm?.base.sha ?? '',
        head: sha(`head${id}`),
        files: [{ path: 'a', added: 1, removed: 0 }],
        markers: [],
      };
    case 'change.integrate':
      return {
        type: 'change.integrated',
        change: effect.change,
        base: effect.base,
        commit: sha(`merge${effect.change}${effect.base}`),
        tree: sha(`tree${id}`),
        checks: [{ name: 't', ok: true, code: 0, durationMs: 1, tail: '' }],
        escapes: [],
      };
    case 'change.land':
      return { type: 'change.landed', change: effect.change, commit: effect.commit };
    case 'conflict.open':
      return { type: 'conflict.opened', worker: effect.worker, base: effect.base, files: ['a'] };
    case 'ask.answer':
      return { type: 'mail.told', to: effect.worker };
    case 'mail.tell':
      return { type: 'mail.told', to: effect.to };
    case 'swarm.close':
      return { type: 'swarm.stopped', reason: effect.reason, left: [] };
  }
}

/** An agent that claims what is suggested and hands it in, a reviewer that approves, a planner that misses nothing. */
export function goodTurn(sim: Sim, worker: string): Event | null {
  const seat = sim.state.workers[worker];
  if (!seat?.turn || sim.open.some(({ effect }) => effect.type === 'turn.send' && effect.worker === worker))
    return null;
  const others: Partial<Record<typeof seat.seat, Signals>> = {
    reviewer: { ...noSignals, verdict: 'approved' },
    planner: { ...noSignals, done: true },
  };
  const signals =
    others[seat.seat] ??
    (seat.claims.length > 0
      ? { ...noSignals, ready: true }
      : seat.suggested
        ? { ...noSignals, claims: [seat.suggested] }
        : { ...noSignals, done: true });
  return ended(worker, seat.turn.id, { signals });
}
