// Takes task `a` through a whole life on the board named by argv, from step argv[3] on; a line says when a step is done.
// Step 0 claim, 1 release, 2 adopt what the worker moved, 3 complete.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createBoard } from '../../src/tasks/board.ts';

const [folder = '', from = '0'] = process.argv.slice(2);
const board = createBoard(folder, { lead: true });
const mine = () => true;
const view = join(folder, '..', 'view', 'current', 'a.edn');
const note = { by: 'w0', at: 'then', reason: 'rejected', feedback: 'no tests' };
const steps = [
  async () => (await board.claim(['a'], { mine })).claimed.length === 1,
  () => board.release(['a'], note).then(() => true),
  async () => {
    const pending = join(folder, 'pending', 'a.edn');
    if (existsSync(pending) && !existsSync(join(folder, 'current', 'a.edn'))) execFileSync('mv', [pending, view]);
    return (await board.adopt(view)).claimed.length === 1;
  },
  () => board.complete(['a'], { by: 'w0', at: 'now', commit: 'abc', reviewRounds: 0 }).then(() => true),
];
await board.scan();
for (let step = Number(from); step < steps.length; step += 1) {
  if (!(await steps[step]?.())) throw new Error(`step ${step} was refused`);
  console.log(step);
}
