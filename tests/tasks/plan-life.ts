// Takes a planner's copy of the board named by argv through a turn, from step argv[3] on; a line says when a step is done.
// Step 0 the copy, 1 what the planner does, 2 what is taken of it, 3 the copy of the next turn.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createBoard } from '../../src/tasks/board.ts';

const [folder = '', from = '0'] = process.argv.slice(2);
const board = createBoard(folder, { lead: true });
const view = join(folder, '..', 'view');
const wrote: Record<string, string> = {
  'pending/new.json': '{"id": "new"}',
  'pending/torn.json': '{"id": "to',
  'pending/a.edn': '{:id "a" :mine true}',
};
const steps = [
  () => board.giveCopy(view, 't1'),
  async () => {
    for (const [file, text] of Object.entries(wrote)) writeFileSync(join(view, file), text);
  },
  async () => {
    const { added, refused, discarded } = await board.collect(view);
    const told = [added.map(({ id }) => id), refused.map(({ file }) => file), discarded].join(';');
    if (told !== 'new;pending/torn.json;pending/a.edn') throw new Error(`told ${told}`);
  },
  () => board.giveCopy(view, 't2'),
];
await board.scan();
for (let step = Number(from); step < steps.length; step += 1) {
  await steps[step]?.();
  // Nothing on the board was harmed, whoever is asked when.
  if (!existsSync(join(folder, 'pending', 'a.edn'))) throw new Error('a is gone');
  console.log(step);
}
