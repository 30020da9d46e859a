// The stories: short swarms told event by event on the simulated world. Each makes one golden journal.
import type { Effect, EffectOf, EffectType } from '../../src/core/effect.ts';
import type { Event } from '../../src/core/event.ts';
import { checksDigest } from '../../src/core/select.ts';
import { noSignals } from '../../src/core/signals.ts';
import { createSim, ended, goodOutcome, goodTurn, type Sim, sha, task } from '../helpers/sim.ts';

const worker = { model: 'command:agent', can_plan: false };
const one = { workers: [worker], checks: ['npm test'], when_done: 'stop' as const };
const auto = { ...one, approval: 'auto' as const };

/** Story → what happens in it. */
export const stories: Readonly<Record<string, () => Sim>> = {
  'first-merge': () => {
    const sim = createSim(auto, [task('a')]);
    play(sim);
    return sim;
  },

  'red-check-mended': () => {
    const sim = createSim(auto, [task('a')]);
    play(sim, { 'change.integrate': first((effect) => integrated(effect.change, effect.base, false)) });
    return sim;
  },

  'conflict-resolved': () => {
    const sim = createSim({ ...auto, workers: [{ ...worker, count: 2 }] }, [task('a'), task('b')]);
    const side = { commit: sha('theirs'), subject: 'Merge a from oompa/w0', worker: 'w0', tasks: ['a'] };
    play(sim, {
      'change.integrate': first(
        ({ change, base }) => ({ type: 'change.conflicted', change, base, files: ['src/app.js'], with: [side] }),
        (effect) => sim.state.changes[effect.change]?.tasks[0] === 'b' && effect.base !== sha('base'),
      ),
    });
    return sim;
  },

  'rejected-and-mended': () => {
    const sim = createSim(one, [task('a')]);
    play(sim);
    sim.happen(
      { type: 'change.reject-asked', change: reviewed(sim).id, note: 'Say why, too.', by: 'operator' },
      { mail: 'm1' },
    );
    play(sim);
    approve(sim, 'm2');
    play(sim);
    return sim;
  },

  'crash-back-off-give-up': () => {
    const sim = createSim({ ...auto, workers: [{ ...worker, count: 2 }] }, [task('a'), task('b')]);
    play(sim, {}, 12);
    for (let crashes = 0; sim.state.workers.w0?.status !== 'failed' && crashes < 10; crashes += 1) {
      while (!sim.state.workers.w0?.pane) {
        sim.wind(1_000);
        answerAll(sim, {}, ({ type }) => type === 'pane.open');
      }
      sim.happen({ type: 'pane.exited', worker: 'w0', pane: sim.state.workers.w0.pane, code: null, signal: 'SIGSEGV' });
    }
    play(sim);
    return sim;
  },

  'stop-with-work-in-review': () => {
    const sim = createSim({ ...one, workers: [{ ...worker, count: 2 }] }, [task('a'), task('b', { dependsOn: ['a'] })]);
    play(sim);
    sim.happen({ type: 'swarm.stop-asked', by: 'operator' }, { mail: 'm1' });
    play(sim);
    return sim;
  },

  'planned-reviewed-mended': () => {
    const staff = { planner: { model: 'claude:p', max_pending: 2 }, reviewer: 'claude:r' };
    const sim = createSim({ ...auto, ...staff }, [task('a')]);
    play(sim, {}, 500, (seat, turn) => {
      if (turn === 'r0-t1') return ended(seat, turn, { signals: wanted, said: '1. app.js:3 forgets 0' });
      if (turn !== 'planner-t1') return null;
      sim.happen({ type: 'board.changed', seen: [task('b')], gone: [], unreadable: [] });
      return ended(seat, turn);
    });
    return sim;
  },

  'reviewers-fail': () => {
    const sim = createSim({ ...auto, review_models: ['claude:r', 'codex:r'] }, [task('a')]);
    const crash = {
      outcome: 'failed' as const,
      exitCode: 1,
      error: { class: 'crash' as const, message: 'exit code 1' },
    };
    play(sim, {}, 500, (seat, turn) =>
      seat === 'r0' ? ended(seat, turn, crash) : seat === 'r1' ? ended(seat, turn, { said: 'NOT APPROVED' }) : null,
    );
    return sim;
  },

  lapsed: () => {
    const sim = createSim(one, [task('a')]);
    const slip = {
      type: 'effect.failed' as const,
      code: 'eio',
      message: 'the disk reports errors',
      hint: 'check it',
      retryable: false,
    };
    play(sim, { 'change.integrate': first(() => slip) });
    // The operator looks at it: the change is checked anew, and then waits to be approved.
    approve(sim, 'm1');
    play(sim);
    approve(sim, 'm2');
    play(sim);
    return sim;
  },
};

type Outcomes = { [T in EffectType]?: (effect: EffectOf<T>) => Event | null };

/** The end of a turn in flight, where it is not to be a good one. */
type Turns = (seat: string, turn: string) => Event | null;

const wanted = { ...noSignals, verdict: 'needs-changes' as const };

/** Lets a good world and good agents go on until nothing follows any more, or for so many steps. */
function play(sim: Sim, outcomes: Outcomes = {}, steps = 500, turns: Turns = () => null): void {
  for (let step = 0; step < steps && sim.state.swarm?.status !== 'stopped'; step += 1) {
    if (answerAll(sim, outcomes)) continue;
    const before = sim.state;
    for (const id of Object.keys(sim.state.workers)) {
      const good = goodTurn(sim, id);
      if (!good) continue;
      sim.happen(turns(id, sim.state.workers[id]?.turn?.id ?? '') ?? good);
      break;
    }
    if (sim.state !== before) continue;
    sim.wind(1_000);
    if (sim.state === before) return;
  }
}

/** Answers the oldest effect that is open; false when there is none. */
function answerAll(sim: Sim, outcomes: Outcomes, which: (effect: Effect) => boolean = () => true): boolean {
  const next = sim.open.find(({ effect }) => which(effect));
  if (!next) return false;
  const special = (outcomes[next.effect.type] as ((effect: Effect) => Event | null) | undefined)?.(next.effect);
  sim.answer(next.id, special ?? goodOutcome(sim, next.id, next.effect));
  return true;
}

/** An outcome for the first effect it fits, and for no other. */
function first<E extends Effect>(
  outcome: (effect: E) => Event,
  fits: (effect: E) => boolean = () => true,
): (effect: E) => Event | null {
  let done = false;
  return (effect) => {
    if (done || !fits(effect)) return null;
    done = true;
    return outcome(effect);
  };
}

function integrated(change: string, base: string, ok: boolean): Event {
  const check = { name: 'npm test', ok, code: ok ? 0 : 1, durationMs: 400, tail: ok ? '' : 'not ok 1 - answers 404' };
  const merge = { base, commit: sha(`red${change}`), tree: sha('tree') };
  return { type: 'change.integrated', change, ...merge, checks: [check], escapes: [] };
}

function reviewed(sim: Sim) {
  const [change] = Object.values(sim.state.changes).filter(
    ({ status }) => status === 'awaiting-approval' || status === 'lapsed',
  );
  if (!change) throw new Error('nothing is in review');
  return change;
}

function approve(sim: Sim, mail: string): void {
  const change = reviewed(sim);
  const { id, base, integration } = change;
  const bound = { head: id, base: integration?.base ?? base, checks: checksDigest(change) };
  sim.happen({ type: 'change.approve-asked', change: id, ...bound, by: 'operator' }, { mail });
}
