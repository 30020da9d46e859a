import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readlinkSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createBoard } from '../../src/tasks/board.ts';
import { filesIn, freshTasks } from './folder.ts';

const open = async (files: Record<string, string> = {}) => {
  const folder = freshTasks(files);
  const view = join(folder, '..', 'worktrees', 'w0', 'tasks');
  const tree = join(view, '..', 'tree');
  mkdirSync(tree, { recursive: true });
  const board = createBoard(folder);
  await board.prepareView(view);
  return { folder, view, tree, board, inView: (file: string) => join(view, 'current', file) };
};

describe('prepareView', () => {
  it('links pending to the shared folder, again and again, and mends it', async () => {
    const { folder, view, board } = await open({ 'pending/a.edn': '{}' });
    const link = join(view, 'pending');
    expect(realpathSync(link)).toBe(join(folder, 'pending'));
    const target = readlinkSync(link);
    await board.prepareView(view);
    rmSync(link);
    symlinkSync('/somewhere/else', link);
    await board.prepareView(view);
    expect(readlinkSync(link)).toBe(target);
    rmSync(link);
    mkdirSync(link);
    await board.prepareView(view);
    expect(readlinkSync(link)).toBe(target);
  });

  it('throws rather than to lose files that lie where the link belongs', async () => {
    const { view, board } = await open();
    rmSync(join(view, 'pending'));
    mkdirSync(join(view, 'pending'));
    writeFileSync(join(view, 'pending', 'x.edn'), '{}');
    await expect(board.prepareView(view)).rejects.toMatchObject({ code: 'view-in-the-way' });
  });
});

describe('a claim by mv', () => {
  it('is seen, adopted, and again harmless', async () => {
    const { folder, view, tree, board, inView } = await open({
      'pending/file.edn': '{:id "a"}',
      'pending/b.edn': '{}',
    });
    expect(await board.scanView(view)).toEqual([]);
    execFileSync('mv', ['../tasks/pending/file.edn', '../tasks/current/'], { cwd: tree });
    execFileSync('mv', ['../tasks/pending/b.edn', '../tasks/complete/'], { cwd: tree });
    expect(await board.scanView(view)).toEqual([
      { id: 'a', file: 'file.edn', path: inView('file.edn') },
      { id: 'b', file: 'b.edn', path: join(view, 'complete', 'b.edn') },
    ]);
    for (let n = 0; n < 2; n += 1) {
      expect(await board.adopt(inView('file.edn'))).toEqual({ claimed: ['a'], refused: [] });
      expect(await board.adopt(join(view, 'complete', 'b.edn'))).toEqual({ claimed: ['b'], refused: [] });
    }
    expect(Object.keys(filesIn(folder))).toEqual(['current/b.edn', 'current/file.edn']);
    expect(await board.scanView(view)).toEqual([]);
    expect((await board.adopt(inView('never.edn'))).refused).toEqual([{ id: 'never', why: 'not-found' }]);
  });

  it('of a copy is refused, and the copy set aside where it lies', async () => {
    const { folder, view, tree, board, inView } = await open({ 'pending/a.edn': '{:x 1}', 'current/b.edn': '{:x 2}' });
    execFileSync('cp', ['../tasks/pending/a.edn', '../tasks/current/'], { cwd: tree });
    writeFileSync(inView('mine.json'), '{"id": "b"}');
    for (let n = 0; n < 2; n += 1) {
      expect((await board.adopt(inView('mine.json'))).refused[0]?.why).toBe('taken');
    }
    expect((await board.adopt(inView('a.edn'))).refused).toEqual([{ id: 'a', why: 'duplicate' }]);
    expect(filesIn(folder)).toEqual({ 'pending/a.edn': '{:x 1}', 'current/b.edn': '{:x 2}' });
    expect(filesIn(join(view, 'current'))).toEqual({ 'a.edn.refused': '{:x 1}', 'mine.json.refused': '{"id": "b"}' });
    expect(await board.scanView(view)).toEqual([]);
  });

  it('of a hard link claims the file itself, and a cut-short adoption is finished', async () => {
    const { folder, view, board, inView } = await open({ 'pending/a.edn': '{}', 'current/b.edn': '{}' });
    linkSync(join(folder, 'pending', 'a.edn'), inView('a.edn'));
    linkSync(join(folder, 'current', 'b.edn'), inView('b.edn'));
    expect((await board.adopt(inView('a.edn'))).claimed).toEqual(['a']);
    expect((await board.adopt(inView('b.edn'))).claimed).toEqual(['b']);
    expect(Object.keys(filesIn(folder))).toEqual(['current/a.edn', 'current/b.edn']);
    expect(filesIn(join(view, 'current'))).toEqual({});
  });

  it('of what became unreadable goes back to pending, where the scan tells', async () => {
    const { folder, view, board, inView } = await open();
    writeFileSync(inView('Some Task.edn'), '{:id');
    expect(await board.scanView(view)).toMatchObject([{ id: 'some-task' }]);
    expect((await board.adopt(inView('Some Task.edn'))).refused[0]?.why).toBe('unreadable');
    expect(filesIn(folder)).toEqual({ 'pending/Some Task.edn': '{:id' });
    expect((await board.scan()).unreadable).toHaveLength(1);
    expect(filesIn(join(view, 'current'))).toEqual({});
  });

  it('sees no links, folders or other files', async () => {
    const { view, board, inView } = await open({ 'pending/a.edn': '{}' });
    symlinkSync('../pending/a.edn', inView('a.edn'));
    mkdirSync(inView('b.edn'));
    writeFileSync(inView('notes.md'), '');
    expect(await board.scanView(view)).toEqual([]);
    rmSync(view, { recursive: true });
    expect(await board.scanView(view)).toEqual([]);
  });
});
