// The installed program under a Node.js that is too old: one clear line, exit 78.
import { tmpdir } from 'node:os';
import { execaSync } from 'execa';
import { expect, test } from 'vitest';
import { oompa } from './program.ts';

/** A Node.js of this machine older than 22, or null. The pinned one stands before it on PATH in `npm test`. */
const old = execaSync('which', ['-a', 'node'], {
  reject: false,
  env: { PATH: `${process.env.PATH}:/usr/local/bin:/usr/bin` },
})
  .stdout.split('\n')
  .find((path) => path && Number(/^v(\d+)/.exec(execaSync(path, ['--version']).stdout)?.[1]) < 22);
if (!old) console.log('the test of an old Node.js is skipped: this machine has none older than 22');

test.skipIf(!old)('an old Node.js is refused in one line', async () => {
  for (const args of [['--version'], ['tui'], ['run']]) {
    const { code, out, err } = await oompa(args, { cwd: tmpdir(), node: old ?? '' });
    expect({ code, out }).toEqual({ code: 78, out: '' });
    expect(err).toMatch(/^oompa: Node\.js 22 or newer is needed, this is \d+\.[^\n]+upgrade$/);
  }
});
