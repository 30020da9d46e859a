import { linkSync, mkdirSync, rmSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createBoard } from '../../src/tasks/board.ts';
import { filesIn, freshFolder, freshTasks } from './folder.ts';

const note = { by: 'w0', at: '2026-01-01T00:00:00Z', reason: 'rejected', feedback: 'more tests' };
const completion = { by: 'w0', at: '2026-01-02T00:00:00Z', commit: 'f'.repeat(40), reviewRounds: 1 };

describe('scan', () => {
  it('makes the columns and lists what lies in them', async () => {
    const folder = join(freshFolder(), 'tasks');
    const board = createBoard(folder);
    expect(await board.scan()).toEqual({ tasks: [], unreadable: [] });
    writeFileSync(join(folder, 'pending', 'b.edn'), '{:id "t10" :summary "Ten" :priority 1}');
    writeFileSync(join(folder, 'current', 'a.json'), '{"id": "t9", "depends_on": ["t10"]}');
    writeFileSync(join(folder, 'complete', 'c.edn'), '{}');
    for (const other of ['notes.md', '.hidden.edn', 'x.edn~']) writeFileSync(join(folder, 'pending', other), '{');
    expect(await board.scan()).toEqual({
      tasks: [
        { id: 'c', file: 'c.edn', column: 'complete', summary: 'c', priority: null, dependsOn: [], files: [] },
        { id: 't9', file: 'a.json', column: 'current', summary: 't9', priority: null, dependsOn: ['t10'], files: [] },
        { id: 't10', file: 'b.edn', column: 'pending', summary: 'Ten', priority: 1, dependsOn: [], files: [] },
      ],
      unreadable: [],
    });
    rmSync(join(folder, 'complete'), { recursive: true });
    expect((await board.scan()).tasks).toHaveLength(2);
  });

  it('names every file that is no task once, and goes on with the others', async () => {
    const folder = freshTasks({
      'pending/good.edn': '{}',
      'pending/broken.edn': '{:id "x"\n :y [}',
      'pending/Bad Name.json': '{}',
      'pending/bad-id.json': '{"id": "-x"}',
      'pending/evil\u001b[31m.json': '{"id": "evil"}',
      'current/latin.edn': '',
      'pending/big.json': '',
      'elsewhere.edn': '{}',
    });
    writeFileSync(join(folder, 'current', 'latin.edn'), Buffer.from([0x7b, 0xe9, 0x7d]));
    truncateSync(join(folder, 'pending', 'big.json'), 1024 * 1024 + 1);
    symlinkSync(join(folder, 'elsewhere.edn'), join(folder, 'pending', 'link.edn'));
    mkdirSync(join(folder, 'pending', 'folder.edn'));
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/pending/n`), Buffer.from([0xff]), Buffer.from('.edn')]), '{}');
    const { tasks, unreadable } = await createBoard(folder).scan();
    expect(tasks.map(({ id }) => id)).toEqual(['good']);
    const reasons = Object.fromEntries(unreadable.map(({ file, reason }) => [file, reason]));
    expect(unreadable).toHaveLength(9);
    expect(reasons).toMatchObject({
      'pending/broken.edn': 'line 2, column 6: unexpected }',
      'pending/Bad Name.json': expect.stringContaining('the id "Bad Name" is not usable'),
      'pending/bad-id.json': expect.stringContaining('the id "-x" is not usable'),
      'pending/evil.json': 'its name holds characters that cannot be shown',
      'current/latin.edn': 'it is not UTF-8 text',
      'pending/big.json': 'it is larger than 1 MiB',
      'pending/link.edn': 'it is a symbolic link',
      'pending/folder.edn': 'it is not a regular file',
    });
  });

  it('takes the character that stands for what is no UTF-8 as text where it is written', async () => {
    const { tasks, unreadable } = await createBoard(
      freshTasks({ 'pending/a.json': '{"summary": "shows \ufffd"}' }),
    ).scan();
    expect([tasks.map(({ summary }) => summary), unreadable]).toEqual([['shows ·'], []]);
  });

  it('reports duplicates with their twin; the one that is alone furthest on stays the task', async () => {
    const folder = freshTasks({
      'pending/x.edn': '{}',
      'pending/x.json': '{}',
      'pending/y.edn': '{}',
      'current/other.json': '{"id": "y"}',
      'pending/z.edn': '{}',
    });
    const board = createBoard(folder);
    const { tasks, unreadable } = await board.scan();
    expect(tasks.map(({ id, file }) => [id, file])).toEqual([
      ['y', 'other.json'],
      ['z', 'z.edn'],
    ]);
    expect(unreadable.map(({ file, reason }) => [file, reason.replace(/ has .*/, '')])).toEqual([
      ['pending/x.edn', 'duplicate id x: pending/x.json'],
      ['pending/x.json', 'duplicate id x: pending/x.edn'],
      ['pending/y.edn', 'duplicate id y: current/other.json'],
    ]);
    expect(await board.claim(['x', 'y', 'z'])).toEqual({
      claimed: ['z'],
      refused: [
        { id: 'x', why: 'duplicate' },
        { id: 'y', why: 'duplicate' },
      ],
    });
    // Without a look before: the names of the other format are asked for.
    expect((await createBoard(folder).claim(['x'])).refused).toEqual([{ id: 'x', why: 'duplicate' }]);
  });

  it('reads again what was changed in place, even with the same size at once', async () => {
    const folder = freshTasks({ 'pending/a.edn': '{:summary "one"}' });
    const board = createBoard(folder);
    const path = join(folder, 'pending', 'a.edn');
    const old = new Date(Date.now() - 60_000);
    utimesSync(path, old, old);
    expect((await board.scan()).tasks[0]?.summary).toBe('one');
    for (const word of ['two', 'six', 'ten']) {
      writeFileSync(path, `{:summary "${word}"}`);
      expect((await board.scan()).tasks[0]?.summary).toBe(word);
    }
  });

  it('lists 10,000 files', async () => {
    const folder = freshTasks();
    for (let n = 0; n < 10_000; n += 1) {
      const [format, text] = n % 2 ? ['edn', `{:id "t${n}"}`] : ['json', `{"id": "t${n}"}`];
      writeFileSync(join(folder, 'pending', `${n}.${format}`), text);
    }
    const board = createBoard(folder);
    const cold = await board.scan();
    expect(cold.tasks).toHaveLength(10_000);
    expect(await board.scan()).toEqual(cold);
  });
});

describe('claim', () => {
  it('answers for every id', async () => {
    const folder = freshTasks({
      'pending/a.edn': '{}',
      'pending/f.json': '{"id":"b"}',
      'complete/c.edn': '{}',
      'pending/d.edn': '{',
    });
    const board = createBoard(folder);
    expect(await board.claim(['a', 'b', 'c', 'd', 'e', '../a', 'a'])).toEqual({
      claimed: ['a', 'b'],
      refused: [
        { id: 'c', why: 'taken' },
        { id: 'd', why: 'unreadable' },
        { id: 'e', why: 'not-found' },
        { id: '../a', why: 'not-found' },
      ],
    });
    expect(Object.keys(filesIn(folder))).toEqual([
      'complete/c.edn',
      'current/a.edn',
      'current/f.json',
      'pending/d.edn',
    ]);
    expect(await board.claim(['a', 'b'], { mine: (id) => id === 'b' })).toEqual({
      claimed: ['b'],
      refused: [{ id: 'a', why: 'taken' }],
    });
  });

  it('never overwrites a file that has the name in current', async () => {
    const folder = freshTasks({ 'pending/a.json': '{"id":"a"}', 'current/a.json': '{"id":"other"}' });
    expect((await createBoard(folder).claim(['a'])).refused).toEqual([{ id: 'a', why: 'taken' }]);
    expect(filesIn(folder)).toEqual({ 'pending/a.json': '{"id":"a"}', 'current/a.json': '{"id":"other"}' });
  });
});

describe('release and complete', () => {
  it('move with a note in the file’s own format, and do nothing the second time', async () => {
    const folder = freshTasks({
      'current/a.edn': '{:id "a"} ; mine',
      'current/b.json': '{\n  "id": "b",\n  "big": 1e400\n}',
    });
    const board = createBoard(folder);
    for (let n = 0; n < 2; n += 1) {
      await board.release(['a', 'gone'], note);
      await board.complete(['b', 'gone'], completion);
    }
    expect(filesIn(folder)).toEqual({
      'pending/a.edn':
        '{:id "a" :attempts [{:by "w0" :at "2026-01-01T00:00:00Z" :reason "rejected" :feedback "more tests"}]} ; mine',
      'complete/b.json': `{\n  "id": "b",\n  "big": 1e400,\n  "completed-by": "w0",\n  "completed-at": "2026-01-02T00:00:00Z",\n  "merged-commit": "${completion.commit}",\n  "review-rounds": 1\n}`,
    });
    expect((await board.claim(['a'])).claimed).toEqual(['a']);
    await board.release(['a'], { ...note, at: 'later' });
    expect((await board.read('a'))?.text.match(/:by/g)).toHaveLength(2);
  });

  it('keep the mode, move what became unreadable, complete what lies in pending', async () => {
    const folder = freshTasks({ 'current/a.edn': '{', 'current/b.edn': '{}', 'pending/c.edn': '{}' });
    const { mode } = statSync(join(folder, 'current', 'b.edn'));
    const board = createBoard(folder);
    await board.release(['a'], note);
    await board.complete(['b', 'c'], completion);
    expect(Object.keys(filesIn(folder))).toEqual(['complete/b.edn', 'complete/c.edn', 'pending/a.edn']);
    expect(statSync(join(folder, 'complete', 'b.edn')).mode).toBe(mode);
  });

  it('overwrite nothing', async () => {
    const folder = freshTasks({ 'current/a.json': '{"id":"a"}', 'complete/a.json': '{"id":"other"}' });
    const board = createBoard(folder);
    await expect(board.complete(['a'], completion)).rejects.toMatchObject({ code: 'name-taken' });
    expect(filesIn(folder)['complete/a.json']).toBe('{"id":"other"}');
    expect((await board.read('a'))?.column).toBe('current');
  });
});

it('read gives the text as it is, of the furthest column, or null', async () => {
  const board = createBoard(
    freshTasks({ 'current/a.edn': '\ufeff{:x 1} ;\r\n', 'pending/big.edn': 'x'.repeat(1024 * 1024 + 1) }),
  );
  expect(await board.read('a')).toEqual({ id: 'a', file: 'a.edn', column: 'current', text: '\ufeff{:x 1} ;\r\n' });
  expect(await board.read('big')).toBeNull();
  expect(await board.read('none')).toBeNull();
});

describe('one file with two names, as a killed mover leaves it', () => {
  const halfMoved = (from: string, to: string) => {
    const folder = freshTasks({ [`${from}/a.edn`]: '{}' });
    linkSync(join(folder, from, 'a.edn'), join(folder, to, 'a.edn'));
    return folder;
  };

  it('is one task, in the column it reached, and nobody else’s to claim', async () => {
    const folder = halfMoved('pending', 'current');
    const board = createBoard(folder);
    expect(await board.scan()).toMatchObject({ tasks: [{ id: 'a', column: 'current' }], unreadable: [] });
    expect((await board.claim(['a'])).refused).toEqual([{ id: 'a', why: 'taken' }]);
    expect(Object.keys(filesIn(folder))).toEqual(['current/a.edn', 'pending/a.edn']);
    expect((await board.claim(['a'], { mine: () => true })).claimed).toEqual(['a']);
    expect(Object.keys(filesIn(folder))).toEqual(['current/a.edn']);
  });

  it.each([
    ['pending', 'current'],
    ['current', 'complete'],
    ['current', 'pending'],
  ])('is finished by the scan of lead: %s to %s', async (from, to) => {
    const folder = halfMoved(from, to);
    writeFileSync(join(folder, 'pending', '.0f0e0d0c-0000-4000-8000-000000000000.tmp'), '{');
    const board = createBoard(folder, { lead: true });
    const { tasks } = await board.scan();
    const furthest = [from, to].includes('complete') ? 'complete' : 'current';
    expect(tasks).toMatchObject([{ id: 'a', column: furthest }]);
    expect(Object.keys(filesIn(folder))).toEqual([`${furthest}/a.edn`]);
  });

  it('is finished by doing a release or completion again', async () => {
    for (const [from, to] of [
      ['pending', 'current'],
      ['current', 'pending'],
    ] as const) {
      const folder = halfMoved(from, to);
      await createBoard(folder).release(['a'], note);
      expect(Object.keys(filesIn(folder))).toEqual(['pending/a.edn']);
    }
    for (const [from, to] of [
      ['pending', 'current'],
      ['current', 'complete'],
    ] as const) {
      const folder = halfMoved(from, to);
      await createBoard(folder).complete(['a'], completion);
      expect(Object.keys(filesIn(folder))).toEqual(['complete/a.edn']);
    }
  });
});
