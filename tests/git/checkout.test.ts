// The operator's checkout is sacred: a change lands next to what they have, or is held; no byte of theirs ever changes.
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeChange, makeRepo, merge, type TestRepo } from './repo.ts';

type Expected = { kind: 'landed' } | { kind: 'held'; files?: string[]; reason: RegExp };
const landed: Expected = { kind: 'landed' };
const dirty = (...files: string[]): Expected => ({ kind: 'held', files, reason: /changes of its own/ });
const inTheWay = (...files: string[]): Expected => ({ kind: 'held', files, reason: /does not track/ });
const busy = (reason: RegExp): Expected => ({ kind: 'held', reason });

// The change: modifies changed.txt, deletes gone.txt, adds new.txt and deep/new.txt, makes tool.sh executable, turns `kind` from a
// folder into a file.
const start = {
  'changed.txt': 'old\n',
  'other.txt': 'other\n',
  'gone.txt': 'gone\n',
  'tool.sh': 'echo\n',
  'kind/x.txt': 'x\n',
  '.gitignore': '*.log\nignored/\n',
};

interface Layout {
  name: string;
  make(repo: TestRepo): void;
  expected: Expected;
  /** Where the operator's files are that must not change, when not in the root. */
  tree?: (repo: TestRepo) => string;
}

const commit = (repo: TestRepo, text: string) => repo.run(['commit', '-q', '-a', '-m', text]);
const branchFrom = (repo: TestRepo, name: string, files: Record<string, string>) => {
  repo.run(['switch', '-q', '-c', name, 'main']);
  repo.write(files);
  repo.run(['add', '-A']);
  commit(repo, name);
};

const layouts: Layout[] = [
  { name: 'clean', make: () => {}, expected: landed },
  { name: 'another file modified', make: (r) => r.write({ 'other.txt': 'mine\n' }), expected: landed },
  {
    name: 'another file staged',
    make: (r) => {
      r.write({ 'other.txt': 'mine\n' });
      r.run(['add', '-A']);
    },
    expected: landed,
  },
  { name: 'another file deleted', make: (r) => rmSync(join(r.root, 'other.txt')), expected: landed },
  { name: 'a new file untracked, elsewhere', make: (r) => r.write({ 'mine/notes.txt': 'mine\n' }), expected: landed },
  {
    name: 'a new file staged, elsewhere',
    make: (r) => {
      r.write({ 'mine.txt': 'mine\n' });
      r.run(['add', '-A']);
    },
    expected: landed,
  },
  {
    name: 'the changed file touched only',
    make: (r) => utimesSync(join(r.root, 'changed.txt'), 1, 1),
    expected: landed,
  },
  {
    name: 'the changed file modified',
    make: (r) => r.write({ 'changed.txt': 'mine\n' }),
    expected: dirty('changed.txt'),
  },
  {
    name: 'the changed file staged',
    make: (r) => {
      r.write({ 'changed.txt': 'mine\n' });
      r.run(['add', '-A']);
    },
    expected: dirty('changed.txt'),
  },
  {
    name: 'the changed file staged, and put back on disk',
    make: (r) => {
      r.write({ 'changed.txt': 'mine\n' });
      r.run(['add', '-A']);
      r.write({ 'changed.txt': 'old\n' });
    },
    expected: dirty('changed.txt'),
  },
  {
    name: 'the changed file deleted',
    make: (r) => rmSync(join(r.root, 'changed.txt')),
    expected: dirty('changed.txt'),
  },
  { name: 'the changed file emptied', make: (r) => r.write({ 'changed.txt': '' }), expected: dirty('changed.txt') },
  {
    name: 'the changed file staged as deleted',
    make: (r) => r.run(['rm', '-q', '--cached', 'changed.txt']),
    expected: dirty('changed.txt'),
  },
  {
    name: 'the changed file is a link now',
    make: (r) => {
      rmSync(join(r.root, 'changed.txt'));
      symlinkSync('other.txt', join(r.root, 'changed.txt'));
    },
    expected: dirty('changed.txt'),
  },
  {
    name: 'the changed file is a folder now',
    make: (r) => {
      rmSync(join(r.root, 'changed.txt'));
      r.write({ 'changed.txt/mine': 'mine\n' });
    },
    expected: dirty('changed.txt'),
  },
  { name: 'the deleted file modified', make: (r) => r.write({ 'gone.txt': 'mine\n' }), expected: dirty('gone.txt') },
  {
    name: 'the mode changed by hand',
    make: (r) => chmodSync(join(r.root, 'tool.sh'), 0o755),
    expected: dirty('tool.sh'),
  },
  {
    name: 'an untracked file in the way',
    make: (r) => r.write({ 'new.txt': 'mine\n' }),
    expected: inTheWay('new.txt'),
  },
  {
    name: 'the same file in the way, untracked',
    make: (r) => r.write({ 'new.txt': 'new\n' }),
    expected: inTheWay('new.txt'),
  },
  {
    name: 'a staged new file in the way',
    make: (r) => {
      r.write({ 'new.txt': 'mine\n' });
      r.run(['add', '-A']);
    },
    expected: inTheWay('new.txt'),
  },
  {
    name: 'an ignored file in the way',
    make: (r) => r.write({ 'deep/new.log': 'mine\n' }),
    expected: inTheWay('deep/new.log'),
  },
  {
    name: 'an ignored folder in the way',
    make: (r) => r.write({ 'new.txt/a.log': 'mine\n' }),
    expected: inTheWay('new.txt/a.log'),
  },
  {
    name: 'a file where the change needs a folder',
    make: (r) => r.write({ deep: 'mine\n' }),
    expected: inTheWay('deep'),
  },
  {
    name: 'a link where the change needs a folder',
    make: (r) => symlinkSync('mine', join(r.root, 'deep')),
    expected: inTheWay('deep'),
  },
  {
    name: 'an ignored file in the folder that becomes a file',
    make: (r) => r.write({ 'kind/a.log': 'mine\n' }),
    expected: inTheWay('kind/a.log'),
  },
  {
    name: 'a merge that conflicts',
    make: (r) => {
      r.write({ 'other.txt': 'base\n' });
      const side = r.run(['commit-tree', '-p', 'main', '-m', 'side', r.run(['write-tree'])]);
      r.run(['checkout', '-q', '--', 'other.txt']);
      r.run(['merge', '-q', '--no-commit', '--no-ff', side]);
    },
    expected: busy(/a merge is going on/),
  },
  {
    name: 'unmerged entries in the index',
    make: (r) => {
      const blob = r.run(['hash-object', '-w', '--stdin'], { input: 'x' });
      r.run(['update-index', '--index-info'], {
        input: `0 ${'0'.repeat(40)}\tother.txt\n100644 ${blob} 2\tother.txt\n100644 ${blob} 3\tother.txt\n`,
      });
    },
    expected: busy(/resolve your current index/),
  },
  {
    name: 'a rebase of the base that waits',
    make: (r) => {
      r.run(['-c', 'sequence.editor=printf "break\\n" >', 'rebase', '-q', '-i', '--root']);
    },
    expected: busy(/a rebase is going on/),
  },
  {
    name: 'a bisection of the base',
    make: (r) => {
      r.run(['bisect', 'start']);
    },
    expected: busy(/a bisection is going on/),
  },
  {
    name: 'a cherry-pick that waits',
    make: (r) => writeFileSync(join(r.paths.gitDir, 'CHERRY_PICK_HEAD'), `${r.sha('main')}\n`),
    expected: busy(/a cherry-pick/),
  },
  {
    name: 'a lock of the index, live or left',
    make: (r) => writeFileSync(join(r.paths.gitDir, 'index.lock'), ''),
    expected: busy(/another git is at work/),
  },
  {
    name: 'a lock of the branch',
    make: (r) => writeFileSync(join(r.paths.gitDir, 'refs/heads/main.lock'), ''),
    expected: busy(/its ref is locked/),
  },
  {
    name: 'another branch, dirty',
    make: (r) => {
      branchFrom(r, 'feature', { 'changed.txt': 'feature\n' });
      r.write({ 'changed.txt': 'mine\n', 'new.txt': 'mine\n' });
    },
    expected: landed,
  },
  {
    name: 'a detached HEAD, dirty',
    make: (r) => {
      r.run(['switch', '-q', '--detach']);
      r.write({ 'changed.txt': 'mine\n', 'new.txt': 'mine\n' });
    },
    expected: landed,
  },
  {
    name: 'base in a second worktree, clean',
    make: (r) => {
      r.run(['switch', '-q', '-c', 'feature']);
      r.run(['worktree', 'add', '-q', '.second', 'main']);
    },
    expected: landed,
    tree: (r) => join(r.root, '.second'),
  },
  {
    name: 'base in a second worktree, dirty',
    make: (r) => {
      r.run(['switch', '-q', '-c', 'feature']);
      r.run(['worktree', 'add', '-q', '.second', 'main']);
      r.write({ 'changed.txt': 'mine\n' }, join(r.root, '.second'));
    },
    expected: dirty('changed.txt'),
    tree: (r) => join(r.root, '.second'),
  },
  {
    name: 'base in two worktrees',
    make: (r) => r.run(['worktree', 'add', '-q', '--force', '.second', 'main']),
    expected: busy(/more than once/),
  },
  {
    name: 'base in a worktree whose folder is gone',
    make: (r) => {
      r.run(['switch', '-q', '-c', 'feature']);
      r.run(['worktree', 'add', '-q', '.second', 'main']);
      rmSync(join(r.root, '.second'), { recursive: true });
    },
    expected: landed,
  },
];

async function landable(): Promise<{ repo: TestRepo; base: string; commit: string }> {
  const repo = await makeRepo(start);
  const { path } = await repo.git.prepareWorktree('w0', await repo.git.baseSha());
  rmSync(join(path, 'gone.txt'));
  rmSync(join(path, 'kind'), { recursive: true });
  chmodSync(join(path, 'tool.sh'), 0o755);
  writeFileSync(join(path, 'kind'), 'a file\n');
  mkdirSync(join(path, 'deep'));
  writeFileSync(join(path, 'deep/new.log'), 'new\n');
  repo.run(['add', '-f', 'deep/new.log'], { cwd: path });
  repo.run(['commit', '-qm', 'ignored but tracked'], { cwd: path });
  const head = await makeChange(repo, 'w0', { 'changed.txt': 'new\n', 'new.txt': 'new\n', 'deep/new.txt': 'new\n' });
  return { repo, ...(await merge(repo, head)) };
}

/** Every file with its content, target or mode; git's own folders and oompa's left out. */
function snapshot(root: string, folder = root): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (folder === root && ['.git', '.oompa', '.second'].includes(name)) continue;
    const stat = lstatSync(path);
    if (stat.isDirectory()) Object.assign(found, snapshot(root, path));
    else
      found[relative(root, path)] = stat.isSymbolicLink()
        ? `link ${readlinkSync(path)}`
        : `${stat.mode} ${readFileSync(path, 'latin1')}`;
  }
  return found;
}

const written = ['changed.txt', 'gone.txt', 'new.txt', 'deep/new.txt', 'deep/new.log', 'tool.sh', 'kind', 'kind/x.txt'];

describe.each(layouts)('with $name', ({ make, expected, tree: find }) => {
  it(`the change is ${expected.kind}, and the operator's files stay`, async () => {
    const { repo, base, commit } = await landable();
    make(repo);
    const tree = find?.(repo) ?? repo.root;
    const before = snapshot(tree);
    const rootBefore = snapshot(repo.root);
    const status = repo.run(['status', '--porcelain=v1'], { cwd: tree }).split('\n').filter(Boolean);
    const head = repo.run(['rev-parse', '--symbolic-full-name', 'HEAD'], { cwd: tree });

    // After the person's own git status, which may refresh it.
    const index = readFileSync(join(repo.paths.gitDir, 'index'));

    const result = await repo.git.land({ base, commit });
    expect(result.kind).toBe(expected.kind);
    const after = snapshot(tree);
    if (expected.kind === 'held') {
      expect(result).toMatchObject({ reason: expect.stringMatching(expected.reason), files: expected.files ?? [] });
      expect(after).toEqual(before);
      expect(repo.sha('refs/heads/main')).toBe(base);
      expect(readFileSync(join(repo.paths.gitDir, 'index')).equals(index)).toBe(true);
    } else {
      expect(repo.sha('refs/heads/main')).toBe(commit);
      if (head === 'refs/heads/main') for (const path of written) delete before[path];
      expect(after).toMatchObject(before);
      if (tree !== repo.root) expect(snapshot(repo.root)).toEqual(rootBefore);
    }
    // What git tells the operator about their own files is what it told them before.
    expect(repo.run(['status', '--porcelain=v1'], { cwd: tree }).split('\n').filter(Boolean)).toEqual(status);
    expect(readdirSync(repo.paths.gitDir).filter((name) => /oompa/.test(name))).toEqual([]);
  });
});
