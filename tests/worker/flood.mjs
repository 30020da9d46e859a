// An agent that talks too much: `flood.mjs lines|line <megabytes>`.
import { once } from 'node:events';

const [, , kind, megabytes] = process.argv;
const row = kind === 'lines' ? `${'x'.repeat(99)}\n` : 'x'.repeat(100);
const chunk = row.repeat(10_000);
for (let written = 0; written < Number(megabytes) * 1_000_000; written += chunk.length) {
  if (!process.stdout.write(chunk)) await once(process.stdout, 'drain');
}
process.stdout.write('\nthat was all of it\n');
