// Takes the lock named by argv when the gate file appears, says how it went, and holds it until stdin ends.
import { existsSync } from 'node:fs';
import { acquireLock } from '../../src/disk/lock.ts';

const [path = '', gate = ''] = process.argv.slice(2);
console.log('ready');
while (!existsSync(gate)) await new Promise(setImmediate);
try {
  const lock = await acquireLock(path, { role: 'racer' });
  console.log('won');
  process.stdin.resume().once('end', async () => {
    await lock.release();
    process.exit(0);
  });
} catch (error) {
  console.log(`lost ${(error as { exitCode?: number }).exitCode ?? error}`);
  process.exit(0);
}
