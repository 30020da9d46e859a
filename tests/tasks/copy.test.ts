// A planner's copy of the board on real files: what it sees there, what is taken of it, and what is not.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createBoard } from '../../src/tasks/board.ts';
import { filesIn, freshTasks } from './folder.ts';

const three = { 'pending/a.json': '{"id": "a"}', 'current/b.edn': '{:id "b"}', 'complete/c.json': '{"id": "c"}' };

async function open(files: Record<string, string> = three) {
  const folder = freshTasks(files);
  const view = join(folder, '..', 'worktrees', 'planner', 'tasks');
  const tree = join(view, '..', 'tree');
  mkdirSync(tree, { recursive: true });
  const board = createBoard(folder, { lead: true });
  await board.giveCopy(view, 's.planner-t1');
  /** As the planner's shell does it. */
  const shell = (script: string) => execFileSync('sh', ['-c', script], { cwd: tree });
  const put = (file: string, text: string) => {
    rmSync(join(view, file), { force: true });
    writeFileSync(join(view, file), text);
  };
  const seen = () =>
    Object.fromEntries(
      Object.entries(filesIn(view)).filter(([file]) => !file.startsWith('.') && !/\.refused$/.test(file)),
    );
  return { folder, view, board, shell, put, seen, give: (turn: string) => board.giveCopy(view, turn) };
}

const nothing = { added: [], refused: [], discarded: [] };

test('it holds the whole board in folders of its own, not to be written to', async () => {
  const { folder, view, seen, board } = await open();
  expect(seen()).toEqual(three);
  expect(lstatSync(join(view, 'pending')).isDirectory()).toBe(true);
  expect(statSync(join(view, 'pending/a.json')).mode & 0o222).toBe(0);
  expect(statSync(join(view, 'pending/a.json')).ino).not.toBe(statSync(join(folder, 'pending/a.json')).ino);
  expect(await board.scanView(view)).toEqual([]);
  expect(await board.collect(view)).toEqual(nothing);
  expect(seen()).toEqual({});
  expect(filesIn(folder)).toEqual(three);
});

test('new files come onto the board when the turn is over, whatever they were before that', async () => {
  const { folder, view, board, shell, put } = await open();
  put('pending/d.json', '{"id": "d", "summ');
  put('pending/d.json', '{"id": "d", "summary": "do d", "depends_on": ["a"]}');
  put('pending/notes.md', 'nothing for the board');
  shell('printf %s "{:id \\"e\\" :priority 2}" > ../tasks/pending/named-otherwise.edn');
  expect((await board.scanView(view)).map(({ id }) => id)).toEqual(['d', 'e']);
  const collected = await board.collect(view);
  expect(collected).toEqual({
    ...nothing,
    added: [
      { id: 'd', file: 'd.json', column: 'pending', summary: 'do d', priority: null, dependsOn: ['a'], files: [] },
      { id: 'e', file: 'named-otherwise.edn', column: 'pending', summary: 'e', priority: 2, dependsOn: [], files: [] },
    ],
  });
  expect(Object.keys(filesIn(folder)).filter((file) => !(file in three))).toEqual([
    'pending/d.json',
    'pending/named-otherwise.edn',
  ]);
  // Asked again, the answer is the same, and nothing more is done.
  expect(await board.collect(view)).toEqual(collected);
});

test('edits, moves and deletions of what exists are discarded and named; what was written is kept beside', async () => {
  const { folder, view, board, shell, put } = await open({ ...three, 'pending/x.json': '{"id": "x"}' });
  put('pending/a.json', '{"id": "a", "priority": 0}');
  shell('mv ../tasks/pending/x.json ../tasks/current/; rm -f ../tasks/complete/c.json; touch ../tasks/current/b.edn');
  const discarded = ['complete/c.json', 'current/x.json', 'pending/a.json', 'pending/x.json'];
  for (let n = 0; n < 2; n += 1) expect(await board.collect(view)).toEqual({ ...nothing, discarded });
  expect(filesIn(folder)).toEqual({ ...three, 'pending/x.json': '{"id": "x"}' });
  expect(readFileSync(join(view, 'pending/a.json.refused'), 'utf8')).toContain('"priority": 0');
});

test('nothing on the board is overwritten: an id or a name that it has is refused, wherever its file is by now', async () => {
  const { folder, view, board, put } = await open();
  // While the planner wrote, the board went on.
  await board.claim(['a']);
  put('pending/other.json', '{"id": "a", "summary": "mine"}');
  put('pending/c.json', '{"id": "c-again"}');
  put('pending/once.json', '{"id": "twice"}');
  put('pending/twice.json', '{"summary": "the same id"}');
  const { added, refused } = await board.collect(view);
  expect(added.map(({ id }) => id)).toEqual(['twice']);
  expect(refused).toEqual([
    { file: 'pending/c.json', why: 'complete/c.json has that name already' },
    { file: 'pending/other.json', why: 'current/a.json has the id a already' },
    { file: 'pending/twice.json', why: 'pending/once.json has the same id' },
  ]);
  expect(filesIn(folder)).toEqual({
    'current/a.json': three['pending/a.json'],
    'current/b.edn': three['current/b.edn'],
    'complete/c.json': three['complete/c.json'],
    'pending/once.json': '{"id": "twice"}',
  });
  expect(Object.keys(filesIn(join(view, 'pending')))).toEqual([
    'c.json.refused',
    'other.json.refused',
    'twice.json.refused',
  ]);
});

test('what is no task is refused with file and field, and does not reach the board', async () => {
  const { folder, view, board, put } = await open();
  put('pending/torn.json', '{"id": "torn",\n "summ');
  put('pending/loud.json', '{"id": "LOUD"}');
  put('pending/after.json', '{"id": "after", "depends_on": ["No Id"]}');
  symlinkSync(join(folder, 'pending/a.json'), join(view, 'pending/link.json'));
  mkdirSync(join(view, 'pending/folder.json'));
  const { added, refused, discarded } = await board.collect(view);
  expect([added, discarded]).toEqual([[], []]);
  expect(refused).toEqual([
    { file: 'pending/after.json', why: expect.stringContaining('the dependency "No Id" is not usable') },
    { file: 'pending/link.json', why: 'it is a symbolic link' },
    { file: 'pending/loud.json', why: expect.stringContaining('the id "LOUD" is not usable') },
    { file: 'pending/torn.json', why: expect.stringMatching(/^line 2, column/) },
  ]);
  expect(filesIn(folder)).toEqual(three);
});

test('each turn has a copy of the board as it is then; asked again for a turn, it leaves alone what the turn did', async () => {
  const { folder, board, put, seen, give } = await open();
  put('pending/d.json', '{"id": "d"}');
  await give('s.planner-t1');
  expect(seen()).toEqual({ ...three, 'pending/d.json': '{"id": "d"}' });
  await board.collect(join(folder, '..', 'worktrees', 'planner', 'tasks'));
  rmSync(join(folder, 'pending/a.json'));
  await give('s.planner-t2');
  const { 'pending/a.json': _, ...rest } = three;
  expect(seen()).toEqual({ ...rest, 'pending/d.json': '{"id": "d"}' });
});

test('a task that a person removes meanwhile does not come back from the copy', async () => {
  const { folder, view, board } = await open();
  rmSync(join(folder, 'pending/a.json'));
  expect(await board.collect(view)).toEqual(nothing);
  expect(existsSync(join(folder, 'pending/a.json'))).toBe(false);
});

test('what a turn left that never came to its end is taken before the next copy is made', async () => {
  const { folder, put, seen, give } = await open();
  put('pending/d.json', '{"id": "d"}');
  put('pending/a.json', '{"id": "a", "x": 1}');
  await give('t.planner-t1');
  expect(seen()).toEqual({ ...three, 'pending/d.json': '{"id": "d"}' });
  expect(filesIn(folder)).toEqual({ ...three, 'pending/d.json': '{"id": "d"}' });
});

test('a view that links to the board, from before there were copies, becomes one; a task moved into it goes back', async () => {
  const { folder, view, board, seen, give } = await open();
  rmSync(view, { recursive: true });
  await board.prepareView(view);
  execFileSync('mv', [join(view, 'pending/a.json'), join(view, 'current/')]);
  expect((await board.collect(view)).added.map(({ id }) => id)).toEqual(['a']);
  expect(lstatSync(join(view, 'pending')).isSymbolicLink()).toBe(true);
  await give('s.planner-t2');
  expect(seen()).toEqual(three);
  expect(lstatSync(join(view, 'pending')).isSymbolicLink()).toBe(false);
  expect(filesIn(folder)).toEqual(three);
});

test('a planner that puts a link to the board where its folder was does it no harm', async () => {
  const { folder, view, board, give } = await open();
  rmSync(join(view, 'pending'), { recursive: true });
  symlinkSync(join(folder, 'pending'), join(view, 'pending'));
  expect((await board.collect(view)).discarded).toEqual(['pending/a.json']);
  await give('s.planner-t2');
  expect(filesIn(folder)).toEqual(three);
});

test('a spoilt note of what was given costs words, not files', async () => {
  const { folder, view, board, put } = await open();
  put('pending/d.json', '{"id": "d"}');
  chmodSync(join(view, '.given.json'), 0o600);
  writeFileSync(join(view, '.given.json'), '{"turn": "x", "files": {"../../../oompa.json": "x"}, "verdict": null}');
  const { added, refused } = await board.collect(view);
  expect(added.map(({ id }) => id)).toEqual(['d']);
  expect(refused).toHaveLength(3);
  expect(filesIn(folder)).toEqual({ ...three, 'pending/d.json': '{"id": "d"}' });
});

test('an addition that was cut short between its two names is finished', async () => {
  const { folder, view, board, put } = await open();
  put('pending/d.json', '{"id": "d"}');
  const verdict = { add: [{ file: 'pending/d.json', id: 'd' }], refused: [], discarded: [] };
  writeFileSync(join(view, '.given.json'), JSON.stringify({ turn: 's.planner-t1', files: {}, verdict }));
  linkSync(join(view, 'pending/d.json'), join(folder, 'pending/d.json'));
  expect((await board.collect(view)).added.map(({ id }) => id)).toEqual(['d']);
  expect(existsSync(join(view, 'pending/d.json'))).toBe(false);
});

test('it goes with the worktree, except what the planner wrote', async () => {
  const { view, board, put } = await open();
  await board.removeView(view);
  expect(existsSync(view)).toBe(false);
  await board.giveCopy(view, 's.planner-t2');
  put('pending/d.json', '{"id": "d"}');
  await board.removeView(view);
  expect(filesIn(view)).toEqual({ 'pending/d.json': '{"id": "d"}' });
});
