// A first look at a board of 10,000 task files, JSON and EDN, against reading the same files.
import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lookAtBoard } from '../src/tasks/look.ts';
import { gate, inTurn, pairedRow, type Row } from './pairs.ts';
import { tempFolder } from './program.ts';
import { main } from './table.ts';

const columns = ['pending', 'current', 'complete'] as const;

async function bench({ quick }: { quick: boolean }): Promise<Row[]> {
  const count = quick ? 2_000 : 10_000;
  const folder = boardOf(count);
  const got = await inTurn(
    async () => {
      const from = performance.now();
      const { tasks } = await lookAtBoard(folder);
      const tookMs = performance.now() - from;
      gate(tasks.length === count, `${tasks.length} of ${count} tasks were seen`);
      return tookMs;
    },
    async () => {
      const from = performance.now();
      let letters = 0;
      for (const column of columns) {
        for (const file of readdirSync(join(folder, column))) {
          const path = join(folder, column, file);
          if (lstatSync(path).isFile()) letters += readFileSync(path, 'utf8').length;
        }
      }
      const tookMs = performance.now() - from;
      gate(letters > count * 200, 'the files are not there');
      return tookMs;
    },
    { pairs: quick ? 3 : 9 },
  );
  return [
    pairedRow(got, {
      name: `first look at a board of ${count.toLocaleString('en')} tasks`,
      unit: 'ms',
      goal: 'well under 1,000 ms',
      note: 'baseline: lstat and read of the same files; half JSON, half EDN, 300 bytes each; every task seen',
    }),
  ];
}

function boardOf(count: number): string {
  const folder = tempFolder();
  for (const column of columns) mkdirSync(join(folder, column), { recursive: true });
  for (let n = 0; n < count; n += 1) {
    const [id, text] = [`task-${n}`, 'What is to be done, in some words. '.repeat(6)];
    const edn = `{:id "${id}"\n :summary "Do ${id}"\n :description "${text}"\n :acceptance ["a" "b"]\n :priority ${n % 7}}\n`;
    const json = JSON.stringify({
      id,
      summary: `Do ${id}`,
      description: text,
      acceptance: ['a', 'b'],
      priority: n % 7,
    });
    const column = columns[n % 10 < 7 ? 0 : n % 10 < 8 ? 1 : 2];
    writeFileSync(join(folder, column ?? 'pending', `${id}.${n % 2 ? 'edn' : 'json'}`), n % 2 ? edn : json);
  }
  return folder;
}

await main(bench);
