// Two changes that do not fit: both sides are named, no file of the base moves, and the worker gets the conflict to mend.
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { at, makeRepo, message, writeFiles } from './repo.ts';

type Edit = (tree: string) => void;

const write =
  (files: Record<string, string>): Edit =>
  (tree) =>
    writeFiles(tree, files);
const remove =
  (name: string): Edit =>
  (tree) =>
    rmSync(join(tree, name));
const rename =
  (from: string, to: string): Edit =>
  (tree) =>
    renameSync(join(tree, from), join(tree, to));

const long = `${Array.from({ length: 30 }, (_, n) => `line ${n}`).join('\n')}\n`;
const start = { 'a.txt': 'a\n', 'long.txt': long, 'image.bin': 'x\0y', 'tool.sh': 'echo\n', 'dir/c.txt': 'c\n' };

const kinds: { kind: string; first: Edit; second: Edit; files: string[]; markers: string[] }[] = [
  {
    kind: 'content',
    first: write({ 'a.txt': 'one\n' }),
    second: write({ 'a.txt': 'two\n' }),
    files: ['a.txt'],
    markers: ['a.txt'],
  },
  {
    kind: 'both add',
    first: write({ 'n.txt': '1\n' }),
    second: write({ 'n.txt': '2\n' }),
    files: ['n.txt'],
    markers: ['n.txt'],
  },
  {
    kind: 'modify and delete',
    first: write({ 'a.txt': 'one\n' }),
    second: remove('a.txt'),
    files: ['a.txt'],
    markers: [],
  },
  {
    kind: 'delete and modify',
    first: remove('a.txt'),
    second: write({ 'a.txt': 'two\n' }),
    files: ['a.txt'],
    markers: [],
  },
  {
    kind: 'rename and modify',
    first: rename('long.txt', 'moved.txt'),
    second: (tree) => {
      renameSync(join(tree, 'long.txt'), join(tree, 'other.txt'));
    },
    files: ['long.txt', 'moved.txt', 'other.txt'],
    markers: [],
  },
  {
    kind: 'binary',
    first: write({ 'image.bin': 'x\0one' }),
    second: write({ 'image.bin': 'x\0two' }),
    files: ['image.bin'],
    markers: [],
  },
  {
    kind: 'mode and content',
    first: (tree) => chmodSync(join(tree, 'tool.sh'), 0o755),
    second: (tree) => {
      rmSync(join(tree, 'tool.sh'));
    },
    files: ['tool.sh'],
    markers: [],
  },
  {
    kind: 'file and folder',
    first: (tree) => {
      rmSync(join(tree, 'dir'), { recursive: true });
      writeFileSync(join(tree, 'dir'), 'a file\n');
    },
    second: write({ 'dir/c.txt': 'changed\n' }),
    files: ['dir', 'dir/c.txt'],
    markers: [],
  },
];

async function conflicting(first: Edit, second: Edit) {
  const repo = await makeRepo(start);
  const base = await repo.git.baseSha();
  const trees = [];
  for (const worker of ['w0', 'w1']) trees.push((await repo.git.prepareWorktree(worker, base)).path);
  const [one = '', two = ''] = trees;
  first(one);
  second(two);
  const head = (await repo.git.commitWork('w0', message('w0', ['t1', 't2'])))?.head ?? '';
  const request = { base, message: message('w0', ['t1', 't2']), at, checks: [], checkTimeoutMs: 1_000 };
  const merged = await repo.git.integrate({ ...request, head });
  if (merged.kind !== 'merged') throw new Error('the first change must merge');
  await repo.git.land({ base, commit: merged.commit });
  const other = (await repo.git.commitWork('w1', message('w1', ['t3'])))?.head ?? '';
  return { repo, tree: two, landed: merged.commit, other, again: { ...request, base: merged.commit, head: other } };
}

describe.each(kinds)('a conflict of kind: $kind', ({ first, second, files, markers }) => {
  it('names the files and the other side, opens in the worktree, and ends in a merge', async () => {
    const { repo, tree, landed, other, again } = await conflicting(first, second);
    const result = await repo.git.integrate(again);
    expect(result).toMatchObject({ kind: 'conflicted', base: landed });
    if (result.kind !== 'conflicted') return;
    expect(result.files).toEqual(files);
    expect(result.with).toEqual([{ commit: landed, subject: 'Work from oompa/w0', worker: 'w0', tasks: ['t1', 't2'] }]);
    expect(repo.sha('main')).toBe(landed);
    expect(repo.run(['status', '--porcelain'])).toBe('');

    const opened = await repo.git.openConflict('w1', landed);
    // A file that met a folder of its name lies next to it: `dir~main`.
    expect(opened.files.map((file) => file.replace(/~main$/, '')).sort()).toEqual(files);
    expect(await repo.again().openConflict('w1', landed)).toEqual(opened);
    const status = repo.run(['status', '--porcelain'], { cwd: tree });
    expect(status).toMatch(/^(?:AA|UU|DU|UD|AU|UA|DD) /m);
    expect(repo.sha('oompa/abcd1234/w1')).toBe(other);
    const unresolved = await repo.git.commitWork('w1', message('w1', ['t3']));
    expect(unresolved?.markers ?? []).toEqual(markers);
    for (const marked of markers) {
      const text = readFileSync(join(tree, marked), 'utf8');
      expect(text).toMatch(/^<{7} oompa\/abcd1234\/w1$/m);
      expect(text).toMatch(/^>{7} main$/m);
    }
    writeFiles(tree, { 'resolved.txt': 'by hand\n', ...Object.fromEntries(markers.map((name) => [name, 'both\n'])) });
    const mended = await repo.git.commitWork('w1', message('w1', ['t3']));
    expect(mended).toMatchObject({ base: landed, markers: [] });
    const final = await repo.git.integrate({ ...again, head: mended?.head ?? '' });
    expect(final.kind).toBe('merged');
    expect(repo.run(['status', '--porcelain'], { cwd: tree })).toBe('');
  });
});

describe('opening a conflict', () => {
  it('takes the resolution that the agent committed itself', async () => {
    const { repo, tree, landed, again } = await conflicting(write({ 'a.txt': 'one\n' }), write({ 'a.txt': 'two\n' }));
    await repo.git.openConflict('w1', landed);
    writeFiles(tree, { 'a.txt': 'both\n' });
    repo.run(['commit', '-q', '-a', '-m', 'merged by the agent'], { cwd: tree });
    const mended = await repo.git.commitWork('w1', message('w1'));
    expect(mended).toMatchObject({ head: repo.sha('oompa/abcd1234/w1'), base: landed, markers: [] });
    expect(repo.run(['rev-parse', `${mended?.head}^2`])).toBe(landed);
    expect((await repo.git.integrate({ ...again, head: mended?.head ?? '' })).kind).toBe('merged');
  });

  it('commits what was uncommitted first, and a clean merge at once', async () => {
    const { repo, tree, landed } = await conflicting(write({ 'a.txt': 'one\n' }), write({ 'b2.txt': 'two\n' }));
    writeFiles(tree, { 'later.txt': 'uncommitted\n' });
    expect(await repo.git.openConflict('w1', landed)).toEqual({ base: landed, files: [] });
    expect(readFileSync(join(tree, 'a.txt'), 'utf8')).toBe('one\n');
    expect(repo.run(['status', '--porcelain'], { cwd: tree })).toBe('');
    const committed = await repo.git.commitWork('w1', message('w1'));
    expect(committed?.files.map((file) => file.path)).toEqual(['b2.txt', 'later.txt']);
    expect(await repo.git.openConflict('w1', landed)).toEqual({ base: landed, files: [] });
  });

  it('begins again when it was cut short, without taking half-merged files for work', async () => {
    const { repo, tree, landed, other } = await conflicting(write({ 'a.txt': 'one\n' }), write({ 'a.txt': 'two\n' }));
    await repo.git.openConflict('w1', landed);
    const file = join(repo.paths.worktree('w1'), 'state.json');
    const state = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...state, conflict: { ...state.conflict, opened: false } }));
    rmSync(join(repo.run(['rev-parse', '--absolute-git-dir'], { cwd: tree }), 'MERGE_HEAD'));
    expect(await repo.again().openConflict('w1', landed)).toEqual({ base: landed, files: ['a.txt'] });
    expect(repo.sha('oompa/abcd1234/w1')).toBe(other);
    expect(readFileSync(join(tree, 'a.txt'), 'utf8').match(/^<{7}/gm)).toHaveLength(1);
  });

  it('keeps a file that the base tracks although it is ignored', async () => {
    const { repo, tree, landed } = await conflicting(write({ 'a.txt': 'one\n' }), write({ 'a.txt': 'two\n' }));
    repo.write({ '.gitignore': '*.log\n', 'kept.log': 'tracked\n' });
    repo.run(['add', '-f', '.gitignore', 'kept.log']);
    repo.run(['commit', '-qm', 'ignored but tracked']);
    const base = await repo.git.baseSha();
    expect((await repo.git.openConflict('w1', base)).files).toEqual(['a.txt']);
    writeFiles(tree, { 'a.txt': 'both\n' });
    const mended = await repo.git.commitWork('w1', message('w1'));
    expect(mended?.files.map((file) => file.path)).toEqual(['a.txt']);
    expect(existsSync(join(tree, 'kept.log'))).toBe(true);
    expect(repo.run(['merge-base', '--is-ancestor', landed, mended?.head ?? ''])).toBe('');
  });

  it('names the operator as the other side, too', async () => {
    const { repo, again } = await conflicting(write({ 'b2.txt': 'x\n' }), write({ 'a.txt': 'two\n' }));
    repo.write({ 'a.txt': 'by the operator\n' });
    repo.run(['commit', '-q', '-a', '-m', 'by hand']);
    const base = await repo.git.baseSha();
    expect(await repo.git.integrate({ ...again, base })).toEqual({
      ...{ kind: 'conflicted', base, files: ['a.txt'] },
      with: [{ commit: base, subject: 'by hand', worker: null, tasks: [] }],
    });
  });
});
