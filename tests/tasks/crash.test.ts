import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createBoard } from '../../src/tasks/board.ts';
import { hasStrace } from '../helpers/strace.ts';
import { filesIn, freshFolder } from './folder.ts';

const run = promisify(execFile);
const fresh = () => {
  const root = freshFolder();
  for (const each of ['tasks/pending', 'tasks/current', 'tasks/complete', 'view/current'])
    mkdirSync(join(root, each), { recursive: true });
  writeFileSync(join(root, 'tasks', 'pending', 'a.edn'), '{:id "a"\n :summary "x"}\n');
  return root;
};

/** Runs the life from a step on; gives the number of the next step, and whether it came to its end. */
const live = async (script: string, root: string, step: number, injection: string[] = []) => {
  const argv = [process.execPath, join(import.meta.dirname, script), join(root, 'tasks'), String(step)];
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

/** Strikes a life at each of these calls in turn and goes on with it: it must come to the end that an undisturbed one has. */
const strikeAll = async (
  { script, prepare = fresh }: { script: string; prepare?: () => string },
  { fault, call, only = () => [] }: { fault: string; call: string; only?: (root: string) => string[] },
  look: (root: string) => Promise<void> = async () => {},
) => {
  const reference = prepare();
  const trace = join(reference, '..', `${basename(reference)}.trace`);
  const traced = ['-o', trace, '-e', 'signal=none', '-e', `trace=${call}`, ...only(reference)];
  expect(await live(script, reference, 0, traced)).toEqual({ next: 4, ok: true });
  const count = readFileSync(trace, 'utf8').split('\n').filter(Boolean).length;
  rmSync(trace);
  const end = filesIn(reference);

  let struck = 0;
  const strike = async (when: number) => {
    const root = prepare();
    const injection = ['-e', `trace=${call}`, '-e', `inject=${call}:${fault}:when=${when}`, ...only(root)];
    const first = await live(script, root, 0, injection);
    if (!first.ok) struck += 1;
    await look(root);
    expect(await live(script, root, first.next)).toEqual({ next: 4, ok: true });
    expect(filesIn(root)).toEqual(end);
  };
  for (let when = 1; when <= count; when += 2) {
    await Promise.all([strike(when), ...(when < count ? [strike(when + 1)] : [])]);
  }
  return { count, struck, end };
};

describe.skipIf(!hasStrace)('a board whose process is', () => {
  it.each(points)('$name at every $call loses nothing and doubles nothing', { timeout: 300_000 }, async (point) => {
    const { count, struck, end } = await strikeAll({ script: 'one-life.ts' }, point, async (root) => {
      // Whoever looks sees one task, whole, on the board or in the worker's view; and the life goes on where it was cut.
      const { tasks, unreadable } = await createBoard(join(root, 'tasks')).scan();
      expect(unreadable).toEqual([]);
      expect(tasks.length === 1 || Object.keys(filesIn(join(root, 'view'))).length === 1).toBe(true);
    });
    expect(count).toBeGreaterThanOrEqual(2);
    expect(struck).toBe(count);
    expect(Object.keys(end)).toEqual(['tasks/complete/a.edn']);
  });
});

describe.skipIf(!hasStrace)("a planner's copy whose process is", () => {
  const prepare = () => {
    const root = fresh();
    writeFileSync(join(root, 'tasks', 'current', 'b.edn'), '{:id "b"}');
    rmSync(join(root, 'view'), { recursive: true });
    return root;
  };
  const at = (...files: string[]) => ({
    what: files.length > 0 ? `of ${files.join(' and ')}` : 'of all',
    only: (root: string) => files.flatMap((file) => ['-P', join(root, file)]),
  });
  // strace counts the calls of each thread by itself: only the first five renames, those of the note, are struck without a path.
  const places = [
    { ...at('tasks/pending/new.json'), call: 'link', times: 1 },
    { ...at('view/pending/a.edn', 'view/pending/new.json', 'view/current/b.edn'), call: 'unlink', times: 2 },
    { ...at(), call: 'rename', times: 5 },
    { ...at('view/pending/a.edn', 'view/pending/torn.json'), call: 'rename', times: 2 },
    { ...at(), call: 'fsync', times: 10 },
    { ...at('view/pending/a.edn', 'view/current/b.edn'), call: 'openat', times: 6 },
    { ...at('view/pending/a.edn', 'view/current/b.edn'), call: 'write', times: 4 },
  ];
  it.each([
    ...places.map((place) => ({ ...place, name: 'killed', fault: 'signal=KILL' })),
    ...places.slice(0, 4).map((place) => ({ ...place, name: 'told EIO', fault: 'error=EIO' })),
  ])(
    '$name at every $call $what takes what is new, tells what is not, and harms nothing of the board',
    { timeout: 300_000 },
    async (point) => {
      const { struck, end } = await strikeAll({ script: 'plan-life.ts', prepare }, point);
      expect(struck).toBeGreaterThanOrEqual(point.times);
      expect(Object.keys(end)).toEqual([
        'tasks/current/b.edn',
        'tasks/pending/a.edn',
        'tasks/pending/new.json',
        'view/.given.json',
        'view/current/b.edn',
        'view/pending/a.edn',
        'view/pending/a.edn.refused',
        'view/pending/new.json',
        'view/pending/torn.json.refused',
      ]);
      expect(end['tasks/pending/a.edn']).not.toContain('mine');
    },
  );
});
