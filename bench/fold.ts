// Reading and folding a journal of 100,000 events, against parsing the same lines as JSON.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fold } from '../src/core/transition.ts';
import { readJournal } from '../src/disk/journal-read.ts';
import { createSim, ended, goodOutcome, goodTurn, type Sim, task } from '../tests/helpers/sim.ts';
import { gate, inTurn, pairedRow, type Row } from './pairs.ts';
import { tempFolder } from './program.ts';
import { main } from './table.ts';

async function bench({ quick }: { quick: boolean }): Promise<Row[]> {
  const events = quick ? 20_000 : 100_000;
  const sim = live(events);
  const file = join(tempFolder(), 'journal.jsonl');
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, sim.lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const wanted = JSON.stringify(sim.state);
  const got = await inTurn(
    async () => {
      const from = performance.now();
      const state = fold(readJournal(file).lines);
      const tookMs = performance.now() - from;
      gate(JSON.stringify(state) === wanted, 'the fold is not the state that wrote the journal');
      return tookMs;
    },
    async () => {
      const from = performance.now();
      const lines = readFileSync(file, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      const tookMs = performance.now() - from;
      gate(lines.length === sim.lines.length, 'lines are missing');
      return tookMs;
    },
    { pairs: quick ? 3 : 9 },
  );
  return [
    pairedRow(got, {
      name: `read and fold ${events.toLocaleString('en')} events`,
      unit: 'ms',
      goal: 'well under 1,000 ms',
      note: 'baseline: JSON.parse of the same lines; the fold equals the state that wrote them',
    }),
  ];
}

/** A swarm of eight with 2,000 tasks, each done in many turns, until so many events have happened. */
function live(events: number): Sim {
  const tasks = Array.from({ length: 2_000 }, (_, at) => task(`t${at}`));
  const config = {
    model: 'command:x',
    count: 8,
    iterations: 1_000_000,
    max_resumes: 1_000,
    max_working_resumes: 1_000,
  };
  const sim = createSim({ workers: [config], approval: 'auto' }, tasks);
  const turns = Math.ceil(events / 4_500);
  while (sim.lines.length < events) {
    const before = sim.lines.length;
    for (const { id, effect } of [...sim.open]) sim.answer(id, goodOutcome(sim, id, effect));
    for (const { id, turn, claims, turnsInCycle } of Object.values(sim.state.workers)) {
      const asked = sim.open.some(({ effect }) => effect.type === 'turn.send' && effect.worker === id);
      if (!turn || asked) continue;
      const isLast = claims.length === 0 || turnsInCycle >= turns;
      const event = isLast ? goodTurn(sim, id) : ended(id, turn.id, { said: 'went on' });
      if (event) sim.happen(event);
    }
    if (sim.lines.length === before) sim.wind(1_000);
    gate(sim.lines.length > before, `the swarm came to its end after ${before} events`);
  }
  return sim;
}

await main(bench);
