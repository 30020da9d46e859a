import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createDemo } from '../../src/cli/demo/create.ts';
import { Config } from '../../src/core/config.ts';
import { Refusal } from '../../src/core/errors.ts';
import { splitWords } from '../../src/harnesses/words.ts';
import { agent, demo, git, runChecks, scratch } from './turns.ts';

test('makes a repository whose tests pass, with one commit on main and a clean tree', async () => {
  const folder = await demo();
  expect(git(folder, 'symbolic-ref', '--short', 'HEAD')).toBe('main');
  expect(git(folder, 'rev-list', '--count', 'HEAD')).toBe('1');
  expect(git(folder, 'status', '--porcelain')).toBe('');
  expect(git(folder, 'config', '--local', 'user.name')).toBe('oompa demo');
  expect(git(folder, 'ls-files', 'tasks')).toBe('');
  const { ok, output } = await runChecks(folder);
  expect(ok, output).toBe(true);
});

test('puts six tasks on the board, in both formats, and two of them wait for another', async () => {
  const folder = join(await scratch(), 'todo');
  const { tasks } = await createDemo(folder);
  expect(tasks).toEqual(['cors', 'done-flag', 'filter-done', 'no-sniff', 'stats', 'validate-title']);
  const read = (file: string) => readFile(join(folder, 'tasks', 'pending', file), 'utf8');
  expect(JSON.parse(await read('filter-done.json')).depends_on).toEqual(['done-flag']);
  expect(await read('stats.edn')).toContain(':depends-on ["done-flag"]');
});

test('writes an oompa.json that the schema takes and whose command reaches the agent', async () => {
  const folder = join(await scratch(), 'todo');
  const { configFile } = await createDemo(folder, { workers: 5, speed: 2.5, approval: 'auto', whenDone: 'stop' });
  const config = Config.parse(JSON.parse(await readFile(configFile, 'utf8')));
  expect(config).toMatchObject({
    base: 'main',
    approval: 'auto',
    when_done: 'stop',
    workers: [{ count: 5, can_plan: false }],
  });
  expect(config.checks.map(({ name, run }) => [name, run.slice(1)])).toEqual([['tests', ['--test']]]);
  const model = config.workers[0]?.model ?? '';
  expect(model).toMatch(/^command:/);
  expect(splitWords(model.slice('command:'.length)).slice(1)).toEqual([agent, '--speed', '2.5']);
});

test.each([
  ['a folder that is in use', {}, /is not empty/],
  ['a negative speed', { speed: -1 }, /speed/],
  ['no workers', { workers: 0 }, /0 workers/],
])('refuses %s and leaves the folder as it was', async (_, options, message) => {
  const folder = await scratch();
  await writeFile(join(folder, 'mine.txt'), 'mine');
  const refusal = await createDemo(folder, options).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(Refusal);
  expect(refusal).toMatchObject({ message: expect.stringMatching(message), hint: expect.any(String) });
  expect(await readFile(join(folder, 'mine.txt'), 'utf8')).toBe('mine');
  expect(await readdir(folder)).toEqual(['mine.txt']);
});

test("takes no notice of the person's own git settings", async () => {
  const home = await scratch();
  await writeFile(
    join(home, '.gitconfig'),
    '[commit]\n\tgpgSign = true\n[gpg]\n\tprogram = false\n[init]\n\tdefaultBranch = trunk\n',
  );
  const folder = join(home, 'todo');
  vi.stubEnv('HOME', home);
  vi.stubEnv('GIT_DIR', join(home, 'elsewhere'));
  await createDemo(folder).finally(() => vi.unstubAllEnvs());
  expect(git(folder, 'log', '--format=%an %s', 'main')).toBe('oompa demo A todo API with tests');
});
