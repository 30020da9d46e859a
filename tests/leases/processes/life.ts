// Acquires, renews, waits, gives back in part and whole; says each step: node life.ts <root> <repository>
import { createLeases } from '../../../src/leases/leases.ts';

const [root = '', repository = ''] = process.argv.slice(2);
const leases = createLeases({ root, repository });
const owner = { address: 'w0', process: null };
const steps = [
  async () => (await leases.acquire(['a', 'b'], { owner })).granted,
  async () => (await leases.renew(owner, { ttlMs: 3_600_000 })).length === 1,
  async () => !(await leases.acquire(['held'], { owner, waitMs: 1 })).granted,
  async () => (await leases.release(owner, { patterns: ['a'] })).length <= 1,
  async () => (await leases.release(owner)).length <= 1,
];
for (const [number, step] of steps.entries()) {
  if (!(await step())) throw new Error(`step ${number} was refused`);
  console.log(`step ${number}`);
}
