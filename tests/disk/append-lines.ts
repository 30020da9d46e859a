// A journal's writer in a process of its own: argv is the path and how many lines; batches of one to seven.
import { openJournal } from '../../src/disk/journal.ts';

const [path = '', count = '0'] = process.argv.slice(2);
const journal = await openJournal(path);
for (let seq = 0, size = 1; seq < Number(count); size = (size % 7) + 1) {
  const batch = Array.from({ length: Math.min(size, Number(count) - seq) }, (_, n) => seq + n);
  await journal.append(batch.map((each) => ({ seq: each, at: 'now', event: { type: 'beat' }, effects: [] })));
  seq += batch.length;
}
await journal.close();
