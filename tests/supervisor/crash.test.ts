// The supervisor killed at every line of its journal: whoever goes on comes to the same end, nothing lost, nothing done twice.
// `after`: the line is durable and no effect of it was begun. `torn`: the effect that the line answers was done, and nobody wrote it down.
import { expect, test } from 'vitest';
import type { Event, JournalLine } from '../../src/core/event.ts';
import { fold } from '../../src/core/transition.ts';
import type { Journal } from '../../src/disk/journal.ts';
import { readJournal } from '../../src/disk/journal-read.ts';
import type { World } from '../../src/supervisor/contract.ts';
import { type Agent, createGate, goodAgent, keepBothSides, ready } from '../helpers/agents.ts';
import { violationsOf } from '../helpers/checker.ts';
import { type Death, type Mortal, makeMortal } from '../helpers/dying.ts';
import { makePlace, type Place, startSwarm, swarmId } from '../helpers/world.ts';

const tasks = ['left', 'right'];

/** As in the demo: two tasks meet in one file, and one of them is handed in with a red check first and mended on the feedback. */
function demoLike(): Agent {
  const together = createGate(2);
  return goodAgent(async (hands) => {
    const [task] = hands.claims;
    if (task === undefined) return null;
    await together();
    const shared = hands.read('shared.txt') ?? '';
    if (hands.turn.kind === 'feedback') hands.remove('RED');
    if (shared.includes('<<<<<<<')) keepBothSides(hands, 'shared.txt');
    else if (!shared.includes(task)) {
      hands.write('shared.txt', `${task}\n${shared}`);
      if (task === 'left') hands.write('RED', 'not yet\n');
    }
    return null;
  });
}

const place = () => makePlace({ tasks: { left: {}, right: {} }, agent: demoLike() });

/** A planner adds the second task, and a reviewer, who leaves scraps in its checkout, sends the first one back once. */
function staffed(): Promise<Place> {
  const agent = goodAgent((hands) => {
    if (hands.turn.kind === 'plan') {
      hands.add('right');
      return 'one task written';
    }
    if (hands.turn.kind === 'review') {
      const good = hands.read('right.txt') !== null || hands.read('left.txt') === 'better\n';
      hands.write('scrap.txt', 'tried\n');
      return good ? 'Good.\n\nVERDICT: APPROVED' : '1. left.txt is not better\n\nVERDICT: NEEDS_CHANGES';
    }
    if (hands.turn.kind !== 'feedback') return null;
    hands.write('left.txt', 'better\n');
    return ready;
  });
  const workers = [{ model: 'command:scripted', count: 1, can_plan: false }];
  const planner = { model: 'command:scripted', max_pending: 2 };
  return makePlace({ tasks: { left: {} }, agent, config: { workers, planner, reviewer: 'command:scripted' } });
}

/** Runs until the death, or to the end; true when it died. */
async function live(at: Place, death: Death | null): Promise<boolean> {
  const mortals: Mortal[] = [];
  const wrap = (world: World, journal: Journal) => {
    const mortal = makeMortal(world, journal, at.paths.journal(swarmId), death);
    mortals.push(mortal);
    return mortal;
  };
  const life = startSwarm(at, { wrap }).then((swarm) => swarm.until((state) => state.swarm?.status === 'stopped'));
  life.catch(() => {});
  const born = () => mortals.length > 0;
  while (!born()) await Promise.race([life, new Promise((resolve) => setImmediate(resolve))]);
  const [mortal] = mortals;
  try {
    await Promise.race([life, mortal?.died]);
    return false;
  } catch (error) {
    if (!mortal?.dead) throw error;
    await mortal.buried();
    return true;
  }
}

interface Case {
  name: string;
  make: () => Promise<Place>;
  /** What its journal must tell, and how often. */
  told: (event: Event) => boolean;
  times: number;
  /** The lines to die at, those that no other case has, and how. */
  at: (event: Event, line: number) => readonly Death['how'][];
}

const isStaff = (event: Event) => 'worker' in event && (event.worker === 'r0' || event.worker === 'planner');
const inTurn = (event: Event, line: number): readonly Death['how'][] =>
  isStaff(event) ? [line % 2 ? 'torn' : 'after'] : [];
const cases: Case[] = [
  {
    name: 'a conflict',
    make: place,
    told: ({ type }) => type === 'change.conflicted',
    times: 1,
    at: () => ['torn', 'after'],
  },
  { name: 'planner and reviewer', make: staffed, told: (event) => verdictIn(event) !== null, times: 3, at: inTurn },
];

test.each(cases)('$name, at every line of its own, torn and whole: same end', { timeout: 600_000 }, async (each) => {
  const reference = await each.make();
  expect(await live(reference, null)).toBe(false);
  expect(violationsOf({ root: reference.root, swarm: swarmId, tasks })).toEqual([]);
  const { lines } = readJournal(reference.paths.journal(swarmId));
  expect(lines.filter(({ event }) => each.told(event))).toHaveLength(each.times);
  expect(sentBackIn(lines)).toHaveLength(1);
  expect(lines.filter(({ event }) => event.type === 'change.landed')).toHaveLength(2);

  const deaths = lines.flatMap(({ event }, index): Death[] =>
    each.at(event, index + 1).map((how) => ({ line: index + 1, how })),
  );
  expect(deaths.length).toBeGreaterThan(10);
  const failures: string[] = [];
  await inParallel(deaths, async (death) => {
    const here = await each.make();
    const wrong = (what: string) => failures.push(`line ${death.line} ${death.how}: ${what}`);
    const died = await live(here, death);
    // Another run may need a few lines less; most deaths must have happened.
    if (!died && death.line <= lines.length * 0.8) wrong('nobody died');
    if (!hasStopped(here) && (await live(here, null))) wrong('died again');
    for (const broken of violationsOf({ root: here.root, swarm: swarmId, tasks })) wrong(broken);
  });
  expect(failures).toEqual([]);
});

test('again and again, while it recovers, with and without its panes: same end', { timeout: 120_000 }, async () => {
  const here = await place();
  const kinds = ['torn', 'after', 'before'] as const;
  let deaths = 0;
  for (; !hasStopped(here); deaths += 1) {
    // Two lines a life at the least: the first only says that a supervisor is there.
    await live(here, { line: 2 + (deaths % 4), how: kinds[deaths % 3] ?? 'torn' });
    if (deaths % 5 === 4) here.reboot();
  }
  expect(deaths).toBeGreaterThan(10);
  expect(violationsOf({ root: here.root, swarm: swarmId, tasks })).toEqual([]);
});

function verdictIn(event: Event): string | null {
  return event.type === 'turn.ended' ? event.signals.verdict : null;
}

/** Red checks, and changes that a reviewer wanted. */
function sentBackIn(lines: readonly JournalLine[]): JournalLine[] {
  return lines.filter(
    ({ event }) =>
      (event.type === 'change.integrated' && event.checks.some(({ ok }) => !ok)) ||
      verdictIn(event) === 'needs-changes',
  );
}

function hasStopped({ paths }: Place): boolean {
  return fold(readJournal(paths.journal(swarmId)).lines).swarm?.status === 'stopped';
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>, most = 4): Promise<void> {
  const rest = [...items];
  const one = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: most }, one));
}
