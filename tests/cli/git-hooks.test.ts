// The hooks that workers' git runs: the guard in their own tree, then what the operator has, and nothing in the way of anybody.
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { writeGitHooks } from '../../src/cli/git-hooks.ts';
import { findRepo, pathsOf } from '../../src/disk/paths.ts';
import { createLeases } from '../../src/leases/leases.ts';
import { withGuardHooks } from '../../src/worker/guard-hooks.ts';
import { plainEnv } from './program.ts';
import { emptyFolder, makeRepository, scripted } from './repository.ts';

const person = { GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@b' };

async function place() {
  const { root, git } = makeRepository();
  const paths = pathsOf(findRepo(root));
  const tree = paths.tree('w0');
  await git('worktree', 'add', '-q', tree);
  await writeGitHooks(paths);
  const tags = { OOMPA_WORKER: 'w0', OOMPA_ROOT: root, OOMPA_SWARM: 'abc' };
  const inTree = (env: Record<string, string>, cwd = tree) => {
    return (...args: string[]) =>
      execa('git', args, { cwd, env: plainEnv({ ...person, ...env }), extendEnv: false, reject: false, all: true });
  };
  const write = (path: string, text = path, folder = tree) => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const hook = (name: string, text: string, folder = join(root, '.git', 'hooks')) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  const leases = createLeases({ root: paths.leases, repository: root });
  const agent = inTree(withGuardHooks(tags, paths));
  return { root, git, paths, tree, tags, inTree, agent, write, hook, leases };
}

test('an agent outside of its task is stopped with SCOPE_ESCAPE, a person in the same tree passes', async () => {
  const { agent, inTree, write, leases, tags, paths } = await place();
  await leases.reconcile([{ address: 'w0', task: 't1', files: ['src/**'], whole: true }]);
  write('src/a.ts', 'x\n'.repeat(30));
  write('top.txt');
  await agent('add', '.');
  const stopped = await agent('commit', '-m', 'both');
  expect(stopped.exitCode).not.toBe(0);
  expect(stopped.all).toMatch(/SCOPE_ESCAPE: 1 [\s\S]+top\.txt +outside[\s\S]+lease acquire/);
  expect((await agent('commit', '-m', 'mine', 'src/a.ts')).all).toContain('1 file changed');
  await agent('reset', '-q', '--hard');
  await agent('mv', 'src/a.ts', 'b.ts');
  expect((await agent('commit', '-m', 'away')).all).toContain('b.ts');
  await agent('reset', '-q', '--hard');
  write('lib/b.ts', 'y\n'.repeat(30));
  await inTree({})('add', '.');
  expect((await inTree({})('commit', '-m', 'by a person')).exitCode).toBe(0);
  // The hooks without an agent: a person's as well.
  write('lib/c.ts');
  await agent('add', '.');
  const { OOMPA_WORKER: _, ...others } = withGuardHooks(tags, paths);
  expect((await inTree(others)('commit', '-m', 'by a person')).exitCode).toBe(0);
  await agent('mv', 'lib/b.ts', 'src/b.ts');
  expect((await agent('commit', '-m', 'into')).all).toMatch(/SCOPE_ESCAPE[\s\S]+lib\/b\.ts/);
  await leases.acquire(['lib/**'], { owner: { address: 'w0', process: null } });
  expect((await agent('commit', '-m', 'into')).exitCode).toBe(0);
});

test('the operator’s hooks run as ever: arguments, input, exit codes, from wherever they are configured', async () => {
  const { agent, write, hook, git, root, tree } = await place();
  hook('pre-commit', 'echo "theirs in $PWD"; test ! -e forbidden');
  hook('commit-msg', 'echo "signed" >> "$1"');
  hook('post-rewrite', 'echo "$1 $(wc -l)" > rewritten');
  write('a');
  await agent('add', '.');
  expect((await agent('commit', '-m', 'one')).all).toContain(`theirs in ${tree}`);
  expect((await agent('log', '-1', '--format=%B')).stdout).toMatch(/one\nsigned/);
  await agent('commit', '-q', '--amend', '-m', 'two');
  expect(readFileSync(join(tree, 'rewritten'), 'utf8')).toMatch(/^amend +1/);
  write('forbidden');
  await agent('add', 'forbidden');
  expect((await agent('commit', '-m', 'no')).exitCode).toBe(1);
  hook('pre-commit', 'echo elsewhere', join(root, '.git', 'else where'));
  await git('config', 'core.hooksPath', join(root, '.git', 'else where'));
  expect((await agent('commit', '-m', 'yes')).all).toContain('elsewhere');
  hook('pre-commit', 'echo relative', join(tree, '.husky'));
  await git('config', 'core.hooksPath', '.husky');
  write('b');
  await agent('add', 'b');
  expect((await agent('commit', '-m', 'yes')).all).toContain('relative');
});

test('hooks that git asks for all the time are there only when the operator has them', async () => {
  const { paths, hook, agent, write, tree } = await place();
  expect(existsSync(join(paths.gitHooks, 'reference-transaction'))).toBe(false);
  hook('reference-transaction', 'cat >> refs.log');
  await writeGitHooks(paths);
  write('a');
  await agent('add', 'a');
  await agent('commit', '-qm', 'a');
  expect(readFileSync(join(tree, 'refs.log'), 'utf8')).toContain('refs/heads/');
});

test('a guard that cannot judge says so and lets the commit pass', async () => {
  const { agent, write, paths, root } = await place();
  write('a');
  await agent('add', '.');
  const script = join(paths.gitHooks, 'pre-commit');
  const text = readFileSync(script, 'utf8');
  writeFileSync(script, text.replace(process.execPath, '/nowhere/node'));
  const { exitCode, all } = await agent('commit', '-m', 'a');
  expect({ exitCode, all }).toMatchObject({
    exitCode: 0,
    all: expect.stringMatching(/could not judge .*127.*goes on/),
  });
  writeFileSync(script, text);
  // A folder that is none.
  rmSync(join(root, '.oompa', 'leases'), { recursive: true, force: true });
  mkdirSync(join(root, '.oompa', 'leases'));
  writeFileSync(join(root, '.oompa', 'leases', 'active'), '');
  write('b');
  await agent('add', '.');
  expect(await agent('commit', '-m', 'b')).toMatchObject({
    exitCode: 0,
    all: expect.stringMatching(/could not judge/),
  });
});

test('repositories that an agent makes for itself are none of the guard’s business', async () => {
  const { inTree, paths, tags, leases } = await place();
  await leases.reconcile([{ address: 'w0', task: 't1', files: ['src/**'], whole: true }]);
  const other = emptyFolder();
  const agent = inTree(withGuardHooks(tags, paths), other);
  await agent('init', '-q');
  writeFileSync(join(other, 'x'), 'x');
  await agent('add', '.');
  const { exitCode, all } = await agent('commit', '-qm', 'x');
  expect({ exitCode, all }).toEqual({ exitCode: 0, all: '' });
});

test('settings of git that the operator gives a harness stay', () => {
  const paths = { gitHooks: emptyFolder() };
  const env = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'user.name', GIT_CONFIG_VALUE_0: 'Bot' };
  expect(withGuardHooks(env, paths)).toEqual(env);
  writeFileSync(join(paths.gitHooks, 'pre-commit'), '');
  expect(withGuardHooks(env, paths)).toEqual({
    ...env,
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_1: 'core.hooksPath',
    GIT_CONFIG_VALUE_1: paths.gitHooks,
  });
});

test('in a swarm the agents’ own git is guarded, and the repository’s configuration is as it was', async () => {
  const committing = `#!/bin/sh
cat > /dev/null
for file in ../tasks/pending/*.json; do mv "$file" ../tasks/current/ 2>/dev/null || exit 0; done
git config --get core.hooksPath
touch mine.txt; git add . && git -c user.name=A -c user.email=a@b commit -qm mine
echo COMPLETE_AND_READY_FOR_MERGE
`;
  const { root, git, until } = makeRepository({
    tasks: ['one'],
    scripts: [{ name: 'agent2.sh', text: committing }],
    config: scripted({ approval: 'auto', panes: 'pty' }, { model: 'command:./agent2.sh' }),
  });
  const before = readFileSync(join(root, '.git', 'config'), 'utf8');
  const { oompa } = await import('./program.ts');
  await oompa(['run', '--detach'], { cwd: root });
  await until(({ counts }) => counts.merged === 1, 'the task is merged');
  expect((await oompa(['log', 'w0'], { cwd: root })).out).toContain(join(root, '.oompa', 'hooks'));
  expect(readFileSync(join(root, '.git', 'config'), 'utf8')).toBe(before);
  expect(await git('ls-files')).toContain('mine.txt');
});
