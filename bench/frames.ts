// The time of a frame with a large swarm against that with a small one: it must not grow with what is not on the screen.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Drawn, drawFace } from './face.ts';
import { inTurn, pairedRow, quantile, type Row, spreadOf } from './pairs.ts';
import { makeSwarm } from './swarm.ts';
import { main } from './table.ts';

async function bench({ quick }: { quick: boolean }): Promise<Row[]> {
  const small = await drawFace(makeSwarm({ workers: 12, tasks: 20 }).state);
  const large = await drawFace(makeSwarm({ workers: 200, tasks: 1_000 }).state);
  const singles: number[] = [];
  const round = async (drawn: Drawn) => {
    const took = await frames(drawn, 20);
    if (drawn === large) singles.push(...took);
    return spreadOf(took).median;
  };
  const got = await inTurn(
    () => round(large),
    () => round(small),
    { pairs: quick ? 5 : 11, warmups: 2 },
  );
  small.close();
  large.close();
  return [
    pairedRow(got, {
      name: 'frame: 200 workers, 3 x 1,000 tasks against 12, 3 x 20',
      unit: 'ms',
      goal: '<= 1.15',
      meets: (ratio) => ratio <= 1.15,
      note: `a line of the pane and a worker's status change; p99 at 200: ${quantile(singles, 0.99).toFixed(1)} ms; 200 x 50, medians of 20 frames`,
    }),
  ];
}

let n = 0;

/** Each frame shows one more line in the pane, and a status that reads differently. */
async function frames(drawn: Drawn, count: number): Promise<number[]> {
  const took: number[] = [];
  for (let at = 0; at < count; at += 1) {
    n += 1;
    const rows = Array.from({ length: 40 }, (_, row) => `line ${n + row} of what the agent prints`);
    took.push(
      await drawn.frame(({ state }) => {
        const w0 = state.workers.w0;
        if (!w0) return {};
        const workers = { ...state.workers, w0: { ...w0, why: `note ${n}` } };
        return { screen: { worker: 'w0', rows }, state: { ...state, seq: state.seq + 1, workers } };
      }),
    );
    // Ink draws at most 60 times a second: the next frame is not to wait for that.
    await sleep(25);
  }
  return took;
}

await main(bench);
