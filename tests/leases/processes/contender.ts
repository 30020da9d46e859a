// Wants two of a few files again and again: node contender.ts <root> <repository> <address> <times>. Holds them for a moment, and says when
// somebody else holds one of them at the same time.
import { mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { createLeases } from '../../../src/leases/leases.ts';

const [root = '', repository = '', address = '', times = '0'] = process.argv.slice(2);
const leases = createLeases({ root, repository, sync: false });
const owner = { address, process: null };
for (let done = 0; done < Number(times); ) {
  const first = Math.floor(Math.random() * 4);
  const set = [`f${first}`, `f${(first + 1) % 4}`];
  const answer = await leases.acquire(set, { owner, waitMs: Math.random() < 0.5 ? 0 : 2_000 });
  if (!answer.granted) continue;
  try {
    // A folder can be made by one only.
    for (const name of set) mkdirSync(join(repository, name));
    await new Promise(setImmediate);
    for (const name of set) rmdirSync(join(repository, name));
    console.log(answer.lease.fence);
  } catch (error) {
    console.log(`two at once: ${error}`);
  }
  await leases.release(owner, { fences: [answer.lease.fence] });
  done += 1;
}
