// What the runner adds to a coding agent's own start and memory: a turn of the real CLI on a scripted model, straight and through `oompa work`.
import { readFileSync } from 'node:fs';
import { clis, programOf } from '../tests/clis/clis.ts';
import { startModelServer } from '../tests/model-server/server.ts';
import { gate, inTurn, type Paired, pairedRow, progress, type Row } from './pairs.ts';
import { createSeat } from './seat.ts';
import { main } from './table.ts';

/** The two that start soonest: what is added shows most. */
const measured = clis.filter((cli) => ['claude', 'codex'].includes(cli.name) && programOf(cli));

async function bench({ quick }: { quick: boolean }): Promise<Row[]> {
  if (measured.length === 0) progress('left out: neither claude nor codex is installed; sh scripts/test-clis.sh');
  const rows: Row[] = [];
  for (const { name } of measured) rows.push(...(await compare(name, quick ? 3 : 9)));
  return rows;
}

async function compare(name: string, pairs: number): Promise<Row[]> {
  const server = await startModelServer([
    { when: /SAY once/, replies: [{ text: 'All done.' }] },
    { when: /SAY wait/, replies: [{ fail: { how: 'hang' } }] },
  ]);
  const seat = await createSeat(name, server.url);
  try {
    const straight = () => seat.straight('SAY once', 'All done.');
    const fresh = await inTurn(() => seat.throughFreshRunner('SAY once', 'All done.'), straight, { pairs });
    const runner = await seat.startRunner();
    const running = await inTurn(() => runner.turn('SAY once', 'All done.'), straight, { pairs });
    const memory: Paired = { ours: [], baseline: [] };
    for (let round = 0; round < pairs; round += 1) {
      const asked = server.requests.length;
      await runner.interruptedTurn('SAY wait', {
        when: () => server.requests.length > asked,
        look: (pids) => {
          memory.ours.push(pssMb([runner.pid]));
          memory.baseline.push(pssMb(pids));
        },
      });
    }
    await runner.end();
    const strange = [...server.strange, ...server.egress];
    gate(strange.length === 0, `somebody asked for ${strange}`);
    const turn = `one turn of \`${name}\` on a scripted model`;
    const right = 'the same answer every time';
    return [
      pairedRow(fresh, {
        name: `${turn}, with the start of its runner`,
        unit: 'ms',
        goal: 'told',
        note: `${right}; start of \`oompa work\` to the answer in lead's mailbox, against the CLI by itself`,
      }),
      pairedRow(running, {
        name: `${turn}, by a runner that waits`,
        unit: 'ms',
        goal: 'told',
        note: `${right}; TURN mail to answer: the prompt kept, the output drawn and kept, what is left swept`,
      }),
      pairedRow(memory, {
        name: `memory of the runner beside \`${name}\``,
        unit: 'MB PSS',
        goal: 'told',
        note: 'while the model is waited for; half of the pages of Node itself, which the bench runs on too; baseline: the CLI with all its processes',
      }),
    ];
  } finally {
    await seat.leave();
    await server.close();
  }
}

/** Memory of these processes; what they share with others counts in part. One that is gone has none. */
function pssMb(pids: readonly number[]): number {
  const kb = pids.map((pid) => Number(/^Pss:\s+(\d+)/m.exec(rollupOf(pid))?.[1] ?? 0));
  const total = kb.reduce((sum, each) => sum + each, 0) / 1024;
  gate(total > 0, `no memory of ${pids}`);
  return total;
}

function rollupOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  } catch {
    return '';
  }
}

await main(bench);
