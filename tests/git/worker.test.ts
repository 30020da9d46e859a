// What agents do to their worktree: their own commits, other branches, broken .git files, repositories inside.
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeRepo, merge, message, runAs, type TestRepo, writeFiles } from './repo.ts';

async function withWorktree(files?: Record<string, string>) {
  const repo = await makeRepo(files);
  const base = await repo.git.baseSha();
  const { path, branch } = await repo.git.prepareWorktree('w0', base);
  return { repo, base, path, branch, commit: () => repo.git.commitWork('w0', message('w0')) };
}

function headRef(repo: TestRepo, path: string): string {
  return repo.run(['symbolic-ref', '-q', 'HEAD'], { cwd: path });
}

function commitAll(path: string, text: string): string {
  runAs(path, ['add', '-A']);
  runAs(path, ['-c', 'user.name=Agent', '-c', 'user.email=a@x', 'commit', '-q', '-m', text]);
  return runAs(path, ['rev-parse', 'HEAD']);
}

describe('the work is what HEAD and the files hold', () => {
  it('takes commits of the agent, and what it left uncommitted, in one change', async () => {
    const { repo, base, path, branch, commit } = await withWorktree();
    writeFiles(path, { 'own.txt': '1\n' });
    const own = commitAll(path, 'own commit');
    const clean = await commit();
    expect(clean).toMatchObject({ head: own, base, files: [{ path: 'own.txt' }] });
    writeFiles(path, { 'rest.txt': '2\n' });
    const both = await commit();
    expect(both?.files.map((file) => file.path)).toEqual(['own.txt', 'rest.txt']);
    expect(repo.sha(`${branch}^`)).toBe(own);
  });

  it('follows the agent to another branch, and keeps the one it left', async () => {
    const { repo, base, path, branch, commit } = await withWorktree();
    writeFiles(path, { 'left.txt': '1\n' });
    const left = commitAll(path, 'left behind');
    repo.run(['switch', '-q', '-c', 'elsewhere', base], { cwd: path });
    writeFiles(path, { 'there.txt': '2\n' });
    const committed = await commit();
    expect(committed?.files.map((file) => file.path)).toEqual(['there.txt']);
    expect(headRef(repo, path)).toBe(`refs/heads/${branch}`);
    expect(repo.sha(branch)).toBe(committed?.head);
    expect(repo.sha('refs/oompa/salvage/abcd1234/w0/1')).toBe(left);
    expect(repo.sha('elsewhere')).toBe(base);
  });

  it('works from a detached HEAD, an orphan branch, and in the middle of a rebase', async () => {
    const { repo, path, branch, base, commit } = await withWorktree();
    repo.run(['switch', '-q', '--detach'], { cwd: path });
    writeFiles(path, { 'detached.txt': '1\n' });
    const detached = await commit();
    expect(detached?.files.map((file) => file.path)).toEqual(['detached.txt']);
    repo.run(['checkout', '-q', '--orphan', 'fresh'], { cwd: path });
    writeFiles(path, { 'orphan.txt': '1\n' });
    const orphan = await commit();
    expect(orphan?.files.map((file) => file.path)).toEqual(['detached.txt', 'orphan.txt']);
    expect(repo.sha(`${branch}^`)).toBe(detached?.head);
    repo.write({ 'detached.txt': 'of the base\n' });
    repo.run(['add', '-A']);
    repo.run(['commit', '-qm', 'operator']);
    expect(() => repo.run(['rebase', '-q', 'main'], { cwd: path })).toThrow();
    writeFiles(path, { 'detached.txt': 'both\n' });
    const rebasing = await commit();
    expect(rebasing?.base).not.toBe(base);
    expect(repo.run(['status'], { cwd: path })).not.toMatch(/rebase|merge/);
    expect(headRef(repo, path)).toBe(`refs/heads/${branch}`);
  });

  it('is not fooled by what the agent hides in its index or locks', async () => {
    const { repo, path, commit } = await withWorktree();
    repo.run(['update-index', '--skip-worktree', 'a.txt'], { cwd: path });
    repo.run(['update-index', '--assume-unchanged', 'b.txt'], { cwd: path });
    writeFiles(path, { 'a.txt': 'hidden\n', 'b.txt': 'hidden\n' });
    const admin = repo.run(['rev-parse', '--absolute-git-dir'], { cwd: path });
    for (const lock of ['index.lock', 'HEAD.lock']) writeFileSync(join(admin, lock), '');
    writeFileSync(join(repo.paths.gitDir, 'refs/heads/oompa/abcd1234/w0.lock'), '');
    expect((await commit())?.files.map((file) => file.path)).toEqual(['a.txt', 'b.txt']);
    rmSync(join(admin, 'index.lock'));
    expect(repo.run(['status', '--porcelain'], { cwd: path })).toBe('');
  });

  it('keeps modes, links, deletions and a folder that became a file', async () => {
    const { repo, path, commit } = await withWorktree({
      'a.txt': 'a\n',
      'dir/c.txt': 'c\n',
      'gone.txt': 'x\n',
      'tool.sh': '#!/bin/sh\n',
    });
    rmSync(join(path, 'dir'), { recursive: true });
    rmSync(join(path, 'gone.txt'));
    rmSync(join(path, 'a.txt'));
    writeFiles(path, { dir: 'a file now\n' });
    symlinkSync('dir', join(path, 'a.txt'));
    chmodSync(join(path, 'tool.sh'), 0o755);
    const committed = await commit();
    expect(committed?.files.map((file) => file.path)).toEqual(['a.txt', 'dir', 'dir/c.txt', 'gone.txt', 'tool.sh']);
    expect(repo.run(['ls-tree', '-r', committed?.head ?? '']).replace(/ blob [0-9a-f]+/g, '')).toBe(
      '120000\ta.txt\n100644\tdir\n100755\ttool.sh',
    );
    const { base, commit: merged } = await merge(repo, committed?.head ?? '');
    expect(await repo.git.land({ base, commit: merged })).toMatchObject({ kind: 'landed' });
    expect(repo.run(['status', '--porcelain'])).toBe('');
    expect(lstatSync(join(repo.root, 'a.txt')).isSymbolicLink()).toBe(true);
  });

  it('has no file names it cannot handle', async () => {
    const names = [
      '-rf',
      ':(top)x',
      'with\nnewline',
      'with "quotes"',
      '$(touch x)',
      'ünï.txt',
      ' lead',
      'tab\there',
      '*?[a]',
      'a\\b',
    ];
    const { repo, path, commit } = await withWorktree();
    writeFiles(path, Object.fromEntries(names.map((name) => [name, `${name}\n`])));
    writeFileSync(Buffer.concat([Buffer.from(`${path}/caf`), Buffer.from([0xe9]), Buffer.from('.txt')]), 'latin1\n');
    const committed = await commit();
    const found = committed?.files.map((file) => file.path).sort();
    expect(found).toEqual([...names, 'caf\\351.txt'].sort());
    const diff = await repo.git.diff(committed?.base ?? '', committed?.head ?? '');
    expect(diff.files).toHaveLength(names.length + 1);
    expect(diff.omitted).toEqual([]);
    expect(diff.text.match(/^diff --git /gm)).toHaveLength(names.length + 1);
    const { base, commit: merged } = await merge(repo, committed?.head ?? '');
    expect(await repo.git.land({ base, commit: merged })).toMatchObject({ kind: 'landed' });
    expect(repo.run(['status', '--porcelain'])).toBe('');
    await repo.git.resetWorktree('w0', merged, 'merged');
    expect(await repo.git.removeWorktree('w0')).toEqual({ saved: null });
  });
});

describe('a worktree that was broken', () => {
  it('is filled again when its folder was deleted; commits stay, and no deletion is committed', async () => {
    const { repo, path, commit } = await withWorktree();
    writeFiles(path, { 'own.txt': '1\n' });
    const own = commitAll(path, 'own commit');
    rmSync(path, { recursive: true });
    expect(await repo.git.progress('w0')).toBeNull();
    expect(await repo.again().worktrees()).toEqual([]);
    expect(await commit()).toMatchObject({ head: own, files: [{ path: 'own.txt' }] });
    expect(repo.run(['status', '--porcelain'], { cwd: path })).toBe('');
    expect(repo.notices.join()).toMatch(/files of w0's worktree were gone/);
  });

  it('is mended when its .git file points elsewhere, and never read through it', async () => {
    const { repo, path, commit } = await withWorktree();
    const canary = join(repo.root, 'canary');
    const trap = join(repo.root, '.oompa', 'trap.git');
    repo.run(['init', '-q', '--bare', trap]);
    repo.run(['config', '-f', join(trap, 'config'), 'core.bare', 'false']);
    repo.run(['config', '-f', join(trap, 'config'), 'core.fsmonitor', `touch ${canary}; false`]);
    writeFileSync(join(path, '.git'), `gitdir: ${trap}\n`);
    writeFiles(path, { 'x.txt': 'x\n' });
    runAs(path, ['status']);
    expect(existsSync(canary), 'the trap works on plain git').toBe(true);
    rmSync(canary);
    await repo.git.progress('w0');
    expect(await commit()).toMatchObject({ files: [{ path: 'x.txt' }] });
    await repo.git.resetWorktree('w0', await repo.git.baseSha(), 'test');
    expect(existsSync(canary)).toBe(false);
    expect(readFileSync(join(path, '.git'), 'utf8')).toMatch(/^gitdir: .*\.git\/worktrees\/tree\n$/);
    expect(repo.notices.join()).toMatch(/\.git file in w0's worktree was changed/);
  });

  it('sets a repository aside that the agent made in its place', async () => {
    const { repo, path, commit } = await withWorktree();
    rmSync(join(path, '.git'));
    runAs(path, ['init', '-q']);
    writeFiles(path, { 'x.txt': 'x\n' });
    const inner = commitAll(path, 'in my own repository');
    expect(await commit()).toMatchObject({ files: [{ path: 'x.txt' }] });
    const aside = join(repo.paths.home, 'aside/abcd1234/w0/git');
    expect(runAs(aside, ['--git-dir', aside, 'rev-parse', 'HEAD'])).toBe(inner);
    expect(repo.notices.join()).toContain(aside);
  });

  it('gets its administration back when somebody pruned it', async () => {
    const { repo, path, commit } = await withWorktree();
    writeFiles(path, { 'x.txt': 'x\n' });
    rmSync(join(repo.paths.gitDir, 'worktrees'), { recursive: true });
    expect(await commit()).toMatchObject({ files: [{ path: 'x.txt' }] });
    expect(repo.run(['status', '--porcelain'], { cwd: path })).toBe('');
    expect(repo.run(['worktree', 'list', '--porcelain'])).toContain(path);
  });

  it('is refused when the proof of ownership does not hold, and stays', async () => {
    const { repo, path } = await withWorktree();
    const elsewhere = join(repo.root, 'elsewhere');
    renameSync(path, elsewhere);
    symlinkSync(elsewhere, path);
    await expect(repo.git.removeWorktree('w0')).rejects.toMatchObject({ code: 'not-ours' });
    await expect(repo.again().removeWorktree('w0')).rejects.toMatchObject({ code: 'not-ours' });
    expect(existsSync(join(elsewhere, 'a.txt'))).toBe(true);
    mkdirSync(repo.paths.tree('w1'), { recursive: true });
    writeFileSync(join(repo.paths.tree('w1'), 'mine'), '');
    await expect(repo.git.prepareWorktree('w1', await repo.git.baseSha())).rejects.toMatchObject({
      code: 'worktree-occupied',
    });
    expect(await repo.git.removeWorktree('w1')).toEqual({ saved: null });
    expect(existsSync(join(repo.paths.tree('w1'), 'mine'))).toBe(true);
    await expect(repo.git.prepareWorktree('../up', await repo.git.baseSha())).rejects.toMatchObject({ code: 'bad-id' });
  });
});

describe('repositories inside the worktree', () => {
  it('are reported and not committed, with and without commits', async () => {
    const { repo, path, commit } = await withWorktree();
    mkdirSync(join(path, 'lib/inner'), { recursive: true });
    mkdirSync(join(path, 'empty'));
    runAs(join(path, 'empty'), ['init', '-q']);
    runAs(join(path, 'lib/inner'), ['init', '-q']);
    writeFiles(path, { 'lib/inner/x.txt': 'x\n', 'lib/y.txt': 'y\n' });
    const inner = commitAll(join(path, 'lib/inner'), 'inner');
    expect((await commit())?.files.map((file) => file.path)).toEqual(['lib/y.txt']);
    rmSync(join(path, 'empty'), { recursive: true });
    commitAll(path, 'an agent commits the link to its inner repository');
    await repo.git.commitWork('w0', message('w0'));
    expect(repo.run(['ls-tree', '-r', '--name-only', 'oompa/abcd1234/w0']).split('\n')).not.toContain('lib/inner');
    expect(repo.notices.join('\n')).toContain('lib/inner');
    await repo.git.resetWorktree('w0', await repo.git.baseSha(), 'test');
    expect(existsSync(join(path, 'lib'))).toBe(false);
    expect(runAs(join(repo.paths.home, 'aside/abcd1234/w0/inner'), ['rev-parse', 'HEAD'])).toBe(inner);
  });

  it('never run anything in a populated submodule', async () => {
    const { repo, base, path, commit } = await withWorktree();
    const canary = join(repo.root, 'canary');
    const sub = join(path, 'sub');
    mkdirSync(sub);
    runAs(sub, ['init', '-q']);
    writeFiles(sub, { 'x.txt': 'x\n' });
    const first = commitAll(sub, 'one');
    writeFiles(path, { '.gitmodules': '[submodule "sub"]\n\tpath = sub\n\turl = ./sub\n' });
    commitAll(path, 'a submodule');
    runAs(sub, ['config', 'core.fsmonitor', `touch ${canary}; false`]);
    writeFiles(sub, { 'x.txt': 'dirty\n' });
    runAs(path, ['add', '-A']);
    expect(existsSync(canary), 'plain git add runs it').toBe(true);
    rmSync(canary);
    expect((await commit())?.files.map((file) => file.path)).toEqual(['.gitmodules', 'sub']);
    expect(repo.run(['ls-tree', 'oompa/abcd1234/w0', 'sub'])).toContain(first);
    await repo.git.progress('w0');
    runAs(sub, ['config', '--unset', 'core.fsmonitor']);
    const second = commitAll(sub, 'two');
    runAs(sub, ['config', 'core.fsmonitor', `touch ${canary}; false`]);
    await commit();
    expect(repo.run(['ls-tree', 'oompa/abcd1234/w0', 'sub'])).toContain(second);
    await repo.git.removeWorktree('w0');
    expect(existsSync(canary)).toBe(false);
    expect(await repo.git.baseSha()).toBe(base);
  });
});

describe('nothing is lost', () => {
  it('saves uncommitted files and unmerged commits before a reset, once', async () => {
    const { repo, base, path, branch } = await withWorktree({ 'a.txt': 'a\n', '.gitignore': 'ignored\n' });
    writeFiles(path, { 'a.txt': 'changed\n', 'new.txt': 'new\n', ignored: 'stays\n' });
    const { saved } = await repo.git.resetWorktree('w0', base, 'given up');
    expect(saved).toBe('refs/oompa/salvage/abcd1234/w0/1');
    expect(repo.run(['show', `${saved}:a.txt`])).toBe('changed');
    expect(repo.run(['show', `${saved}:new.txt`])).toBe('new');
    expect(repo.run(['log', '-1', '--format=%B', saved ?? ''])).toContain('given up');
    expect(repo.run(['status', '--porcelain', '--ignored'], { cwd: path })).toBe('!! ignored');
    expect(repo.sha(branch)).toBe(base);
    expect(await repo.git.resetWorktree('w0', base, 'given up')).toEqual({ base, saved: null });
    writeFiles(path, { 'b.txt': 'b\n' });
    const committed = await repo.git.commitWork('w0', message('w0'));
    expect(await repo.git.resetWorktree('w0', base, 'again')).toEqual({
      base,
      saved: 'refs/oompa/salvage/abcd1234/w0/2',
    });
    expect(repo.sha('refs/oompa/salvage/abcd1234/w0/2')).toBe(committed?.head);
    expect(repo.run(['reflog', '-1', 'refs/oompa/salvage/abcd1234/w0/2'])).toContain('again');
  });

  it('saves what is there when the worktree is removed, and says so at the end', async () => {
    const { repo, path } = await withWorktree();
    writeFiles(path, { 'new.txt': 'new\n' });
    const { saved } = await repo.git.removeWorktree('w0');
    expect(repo.run(['show', `${saved}:new.txt`])).toBe('new');
    expect(await repo.git.close()).toEqual({ left: [`work that was not merged, kept as ${saved}`] });
  });

  it('ends a reset that was cut short without saving twice', async () => {
    const { repo, base, path } = await withWorktree();
    writeFiles(path, { 'new.txt': 'new\n' });
    const file = join(repo.paths.worktree('w0'), 'state.json');
    const state = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...state, reset: { base, saved: 'refs/oompa/salvage/abcd1234/w0/7' } }));
    expect(await repo.again().resetWorktree('w0', base, 'x')).toEqual({
      base,
      saved: 'refs/oompa/salvage/abcd1234/w0/7',
    });
    expect(repo.run(['for-each-ref', 'refs/oompa/'])).toBe('');
    expect(existsSync(join(path, 'new.txt'))).toBe(false);
  });

  it('adopts a worktree with work as it is, moves one without to the new base, takes over one of another swarm', async () => {
    const { repo, base, path } = await withWorktree();
    writeFiles(path, { 'mine.txt': 'x\n' });
    expect(await repo.again().prepareWorktree('w0', base)).toMatchObject({ head: base });
    expect(existsSync(join(path, 'mine.txt'))).toBe(true);
    repo.run(['commit', '-q', '--allow-empty', '-m', 'next']);
    const next = await repo.git.baseSha();
    await repo.git.prepareWorktree('w1', base);
    expect(await repo.again().prepareWorktree('w1', next)).toMatchObject({ head: next });
    const other = repo.again('ffff0000');
    await expect(other.removeWorktree('w0')).rejects.toMatchObject({ code: 'not-ours' });
    expect(await other.worktrees()).toEqual([]);
    expect(await other.prepareWorktree('w0', next)).toMatchObject({ head: next, branch: 'oompa/ffff0000/w0' });
    expect(repo.run(['show', 'refs/oompa/salvage/abcd1234/w0/1:mine.txt'])).toBe('x');
    expect(repo.run(['status', '--porcelain', '--branch'], { cwd: path })).toBe('## oompa/ffff0000/w0');
    expect(repo.run(['branch', '--list', 'oompa/abcd1234/w0'])).toBe('');
  });
});
