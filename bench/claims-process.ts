// One of the processes of claims.ts: claims every task named on stdin when the gate file appears, and says which it won.
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { createBoard } from '../src/tasks/board.ts';

const [how = '', folder = '', gateFile = ''] = process.argv.slice(2);
const ids = readFileSync(0, 'utf8').split('\n');
const board = createBoard(folder, { sync: false });
const ways: Record<string, (id: string) => Promise<boolean> | boolean> = {
  board: async (id) => (await board.claim([id])).claimed.length > 0,
  rename: (id) => {
    try {
      renameSync(join(folder, 'pending', `${id}.json`), join(folder, 'current', `${id}.json`));
      return true;
    } catch {
      return false;
    }
  },
};
const claim = ways[how] ?? (() => false);
process.stdout.write('ready\n');
while (!existsSync(gateFile)) await new Promise((resolve) => setImmediate(resolve));
const won: string[] = [];
const from = performance.timeOrigin + performance.now();
for (const id of ids) if (await claim(id)) won.push(id);
process.stdout.write(`${JSON.stringify({ won, from, to: performance.timeOrigin + performance.now() })}\n`);
