// From a key to its paint while 50 workers bring 30 updates a second.
import { setTimeout as sleep } from 'node:timers/promises';
import { drawFace } from './face.ts';
import { aloneRow, gate, quantile, type Row } from './pairs.ts';
import { makeSwarm } from './swarm.ts';
import { main } from './table.ts';

async function bench({ quick }: { quick: boolean }): Promise<Row[]> {
  const drawn = await drawFace(makeSwarm({ workers: 50, tasks: 200 }).state);
  let n = 0;
  // As the eyes do it: updates are gathered to ten deliveries a second before React hears of them.
  const { createNews } = await import('../src/ui/news.ts');
  const news = createNews<ReturnType<typeof drawn.face.view>>((change) => drawn.face.update(change));
  const updates = setInterval(() => {
    n += 1;
    const rows = Array.from({ length: 40 }, (_, row) => `line ${n + row} of what the agent prints`);
    news.tell(() => ({ screen: { worker: 'w0', rows } }));
  }, 1_000 / 30);
  const took: number[] = [];
  for (let at = 0; at < (quick ? 40 : 200); at += 1) {
    const before = drawn.face.view().picks.workers.id;
    const key = at % 20 < 10 ? 'j' : 'k';
    const from = performance.now();
    drawn.press(key);
    while (drawn.face.view().picks.workers.id === before) await drawn.nextWrite();
    // The selection moved: the next frame is the one that shows it, unless that was it.
    took.push(performance.now() - from);
    await sleep(20 + (at % 7) * 9);
  }
  clearInterval(updates);
  news.stop();
  drawn.close();
  gate(n > 0, 'no update came');
  return [
    aloneRow(took, {
      name: 'key to paint, 50 workers, 30 updates/s',
      unit: 'ms',
      goal: 'p50 and p99 told',
      note: `p50 ${quantile(took, 0.5).toFixed(1)} ms, p99 ${quantile(took, 0.99).toFixed(1)} ms of ${took.length} keys, 200 x 50; ccmanager's as recorded: 58 / 113, vim's 1.7 / 5.8 (through a pty)`,
    }),
  ];
}

await main(bench);
