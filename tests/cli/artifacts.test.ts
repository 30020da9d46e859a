// The files that a real run leaves: valid, complete, and made up for after a crash.
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { oompa } from './program.ts';
import { makeRepository, type Repository, scripted } from './repository.ts';
import { validFilesOf } from './run-files.ts';

const runFolder = ({ root }: Repository) => {
  const ids = readdirSync(join(root, 'runs'));
  expect(ids).toHaveLength(1);
  return join(root, 'runs', ids[0] ?? '');
};
const untilDone = ['run', '--until-done', '--approval=auto'];

test('a run with a red check, an end, and every file of it valid', async () => {
  const repository = makeRepository({
    tasks: ['one'],
    // Red at first: the worker is told, adds the file that is missing, and hands in again.
    config: scripted({ checks: [{ name: 'gate', run: 'test -f mended.txt || { echo please"-"mend; exit 1; }' }] }),
  });
  const { code, err } = await oompa(untilDone, { cwd: repository.root });
  expect(code, err).toBe(0);
  const files = validFilesOf(runFolder(repository));
  expect([...files.keys()]).toEqual([
    'cycles/w0-c1.json',
    'reviews/w0-c1-r1.json',
    'reviews/w0-c1-r2.json',
    'started.json',
    'stopped.json',
  ]);
  expect(files.get('reviews/w0-c1-r1.json')).toMatchObject({ verdict: 'needs-changes', by: 'checks' });
  expect(files.get('reviews/w0-c1-r2.json')).toMatchObject({
    verdict: 'approved',
    by: 'policy',
    'diff-files': ['mended.txt', 'one.txt'],
  });
  const merge = (await repository.git('rev-parse', 'main')).trim();
  expect(files.get('cycles/w0-c1.json')).toMatchObject({
    outcome: 'merged',
    'merge-sha': merge,
    'claimed-task-ids': ['one'],
    'review-rounds': 1,
    attempts: [{ kind: 'work' }, { kind: 'feedback' }],
  });
});

test('a supervisor that goes on writes what is missing, and touches nothing that is there', async () => {
  const repository = makeRepository({ tasks: ['one', 'two'] });
  const { root } = repository;
  const started = JSON.parse((await oompa(['run', '--detach', '--json', '--approval=auto'], { cwd: root })).out);
  await repository.until(({ counts }) => counts.merged === 2, 'both merged');
  process.kill(started.pid, 'SIGKILL');
  await repository.until(({ supervisor }) => supervisor === null, 'the supervisor is gone');
  const folder = runFolder(repository);
  const kept = join(folder, 'cycles', 'w0-c1.json');
  const before = { text: readFileSync(kept, 'utf8'), at: statSync(kept).mtimeMs };
  for (const path of ['cycles/w0-c2.json', 'reviews/w0-c1-r1.json', 'started.json'])
    rmSync(join(folder, path), { force: true });

  expect((await oompa(['stop'], { cwd: root })).out).toContain('stopped');
  const files = validFilesOf(folder);
  expect([...files.keys()]).toEqual(
    expect.arrayContaining(['cycles/w0-c2.json', 'reviews/w0-c1-r1.json', 'started.json', 'stopped.json']),
  );
  expect(files.get('started.json')).toMatchObject({ pid: started.pid });
  expect({ text: readFileSync(kept, 'utf8'), at: statSync(kept).mtimeMs }).toEqual(before);

  // The last file was not written before the process ended: the next swarm does it.
  const end = readFileSync(join(folder, 'stopped.json'), 'utf8');
  rmSync(join(folder, 'stopped.json'));
  expect((await oompa(untilDone, { cwd: root })).code).toBe(0);
  expect(readFileSync(join(folder, 'stopped.json'), 'utf8')).toBe(end);
});

test('where they cannot be written the swarm goes on and says so once', async () => {
  const repository = makeRepository({ tasks: ['one', 'two'] });
  const { root } = repository;
  await oompa(['run', '--detach'], { cwd: root });
  const folder = runFolder(repository);
  writeFileSync(join(folder, 'cycles'), 'in the way');
  writeFileSync(join(folder, 'reviews'), 'in the way');
  for (let merged = 0; merged < 2; merged += 1) {
    const { changes } = await repository.until(
      (now) => now.changes.some(({ status }) => status === 'awaiting-approval'),
      'a change',
    );
    const [change] = changes.filter(({ status }) => status === 'awaiting-approval');
    expect((await oompa(['approve', change?.id ?? ''], { cwd: root })).code).toBe(0);
    await repository.until(({ counts }) => counts.merged > merged, 'the merge');
  }
  const { notices } = await repository.status();
  const told = notices.filter(({ text }) => text.includes('run artifacts are not written'));
  expect(told).toHaveLength(1);
  expect(told[0]?.text).toMatch(/EEXIST|ENOTDIR/);
  // What a command tells comes from the journal then.
  expect(JSON.parse((await oompa(['view', '--json'], { cwd: root })).out)).toMatchObject({ merged: 2, reviews: 2 });
  rmSync(join(folder, 'cycles'));
  rmSync(join(folder, 'reviews'));
  expect((await oompa(['stop'], { cwd: root })).out).toBe('stopped');
  expect([...validFilesOf(folder).keys()]).toEqual(
    expect.arrayContaining(['cycles/w0-c2.json', 'reviews/w0-c2-r1.json']),
  );
  expect(existsSync(join(folder, 'stopped.json'))).toBe(true);
});
