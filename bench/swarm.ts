// A swarm in the middle of its work, driven by the real transition, and laid down as the journal of a repository.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TaskSeen } from '../src/core/event.ts';
import { findRepo, type Paths, pathsOf } from '../src/disk/paths.ts';
import { createSim, goodOutcome, type Sim, sha } from '../tests/helpers/sim.ts';
import { makeRepository } from './program.ts';

/** `tasks`: how many in each of pending, current and complete. Every worker has its first turn; the first ten handed in. */
export function makeSwarm({ workers, tasks }: { workers: number; tasks: number }): Sim {
  const files = (['pending', 'current', 'complete'] as const).flatMap((column) =>
    Array.from({ length: tasks }, (_, at): TaskSeen => {
      const id = `${column}-${String(at).padStart(4, '0')}`;
      return {
        id,
        file: `${id}.json`,
        column,
        summary: `do what ${id} asks for`,
        priority: null,
        dependsOn: [],
        files: [],
      };
    }),
  );
  const model = 'command:agent';
  const sim = createSim({ workers: [{ model, count: workers }], checks: ['true'] }, files as never);
  answer(sim, 3);
  for (const { id, turn, suggested } of Object.values(sim.state.workers).slice(0, 10)) {
    if (!turn || !suggested) continue;
    sim.happen({ type: 'claim.seen', worker: id, task: suggested, file: `/w/${id}/${suggested}.json` });
    sim.happen({
      ...{ type: 'turn.ended', worker: id, turn: turn.id, attempt: 1, outcome: 'done', exitCode: 0, error: null },
      ...{
        signals: { verdict: null, claims: [], ready: true, followUp: null, done: false },
        said: '',
        conversation: null,
      },
      ...{ usage: null, durationMs: 5 },
    });
  }
  answer(sim, 4);
  return sim;
}

function answer(sim: Sim, rounds: number): void {
  for (let round = 0; round < rounds; round += 1) {
    for (const { id, effect } of [...sim.open]) sim.answer(id, goodOutcome(sim, id, effect));
  }
}

/** A repository whose latest swarm is this one, not stopped; no supervisor runs. */
export function layDown(sim: Sim): Paths {
  const paths = pathsOf(findRepo(makeRepository(10)));
  const swarm = sim.state.swarm?.id ?? '';
  const journal = paths.journal(swarm);
  mkdirSync(dirname(journal), { recursive: true });
  mkdirSync(paths.home, { recursive: true });
  writeFileSync(journal, sim.lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  writeFileSync(paths.current, `${swarm}\n`);
  return paths;
}

export { sha };
