import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createBoard } from '../../src/tasks/board.ts';
import { filesIn, freshFolder } from './folder.ts';

const run = promisify(execFile);
const hasStrace = (() => {
  try {
    execFileSync('strace', ['-o', '/dev/null', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

const fresh = () => {
  const root = freshFolder();
  for (const each of ['tasks/pending', 'tasks/current', 'tasks/complete', 'view/current'])
    mkdirSync(join(root, each), { recursive: true });
  writeFileSync(join(root, 'tasks', 'pending', 'a.edn'), '{:id "a"\n :summary "x"}\n');
  return root;
};

/** Runs the life from a step on; gives the number of the next step, and whether it came to its end. */
const live = async (root: string, step: number, injection: string[] = []) => {
  const argv = [process.execPath, join(import.meta.dirname, 'one-life.ts'), join(root, 'tasks'), String(step)];
  const [program = '', ...args] =
    injection.length > 0 ? ['strace', '-f', '-qq', '-o', '/dev/null', ...injection, ...argv] : argv;
  // One thread, so that the n-th call is the same one every time.
  const env = { ...process.env, UV_THREADPOOL_SIZE: '1' };
  const { stdout, ok } = await run(program, args, { env }).then(
    (result) => ({ stdout: result.stdout, ok: true }),
    (error: { stdout: string }) => ({ stdout: error.stdout, ok: false }),
  );
  return { next: step + stdout.split('\n').filter(Boolean).length, ok };
};

const points = [
  ...['link', 'unlink', 'rename', 'fsync'].map((call) => ({ name: 'killed', fault: 'signal=KILL', call })),
  ...['link', 'unlink', 'rename', 'fsync'].map((call) => ({ name: 'told EIO', fault: 'error=EIO', call })),
  ...['link', 'rename'].map((call) => ({ name: 'told ENOSPC', fault: 'error=ENOSPC', call })),
];

describe.skipIf(!hasStrace)('a board whose process is', () => {
  it.each(points)(
    '$name at every $call loses nothing and doubles nothing',
    { timeout: 300_000 },
    async ({ fault, call }) => {
      const reference = fresh();
      const trace = join(reference, '..', `${basename(reference)}.trace`);
      expect(await live(reference, 0, ['-o', trace, '-e', 'signal=none', '-e', `trace=${call}`])).toEqual({
        next: 4,
        ok: true,
      });
      const count = readFileSync(trace, 'utf8').split('\n').filter(Boolean).length;
      rmSync(trace);
      expect(count).toBeGreaterThanOrEqual(2);
      const end = filesIn(reference);
      expect(Object.keys(end)).toEqual(['tasks/complete/a.edn']);

      const strike = async (when: number) => {
        const root = fresh();
        const first = await live(root, 0, ['-e', `trace=${call}`, '-e', `inject=${call}:${fault}:when=${when}`]);
        expect(first.ok).toBe(false);
        // Whoever looks sees one task, whole, on the board or in the worker's view; and the life goes on where it was cut.
        const { tasks, unreadable } = await createBoard(join(root, 'tasks')).scan();
        expect(unreadable).toEqual([]);
        expect(tasks.length === 1 || Object.keys(filesIn(join(root, 'view'))).length === 1).toBe(true);
        expect(await live(root, first.next)).toEqual({ next: 4, ok: true });
        expect(filesIn(root)).toEqual(end);
      };
      for (let when = 1; when <= count; when += 2) {
        await Promise.all([strike(when), ...(when < count ? [strike(when + 1)] : [])]);
      }
    },
  );
});
