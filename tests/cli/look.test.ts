// Commands that only look: the board, the docs, completions, and a dry run that touches nothing.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa, execaSync } from 'execa';
import { describe, expect, test } from 'vitest';
import { commands, nameOf } from '../../src/cli/commands/index.ts';
import { checkout, oompa } from './program.ts';
import { emptyFolder, makeRepository, scripted } from './repository.ts';

/** Every path below a folder, `.git` included, with its content, mode and time. */
function snapshot(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    paths.map((path) => {
      const file = join(folder, path);
      const { mode, mtimeMs, ino } = statSync(file);
      const content = statSync(file).isFile() ? readFileSync(file, 'latin1') : 'folder';
      return [path, `${mode} ${mtimeMs} ${ino} ${content}`];
    }),
  );
}

describe('run --dry-run', () => {
  test('says what would be done and touches nothing: not a file, not a ref, not a time', async () => {
    const { root, write } = makeRepository({
      tasks: ['one', 'two'],
      config: scripted({ checks: ['npm test'], approval: 'auto' }, { count: 2 }),
    });
    write('tasks/pending/late.edn', '{:id "late" :depends-on ["one"]}');
    write('tasks/pending/bad.json', '{');
    const before = snapshot(root);
    const plan = await oompa(['run', '--dry-run', '--json'], { cwd: root });
    expect(plan.code, plan.err).toBe(0);
    expect(JSON.parse(plan.out)).toMatchObject({
      ...{ swarm: null, supervisor: null, root, configFile: join(root, 'oompa.json'), approval: 'auto' },
      base: { branch: 'main' },
      checks: [{ name: 'npm test' }],
      seats: [
        {
          id: 'w0',
          seat: 'worker',
          model: 'command:./agent.sh',
          harness: 'command',
          iterations: 10,
          prompts: ['prompts/worker.md'],
        },
        { id: 'w1' },
      ],
      tasks: { pending: 3, claimable: ['one', 'two'], unreadable: [{ file: 'pending/bad.json' }] },
    });
    const text = await oompa(['swarm', '--dry-run'], { cwd: root });
    expect(text.out).toContain('would start a new swarm');
    expect(text.out).toMatch(/^w1 +command:\.\/agent\.sh +worker/m);
    for (const args of [['tasks'], ['list'], ['docs'], ['worktrees'], ['cleanup', '--dry-run'], ['info']])
      expect((await oompa(args, { cwd: root })).code).toBe(0);
    expect(snapshot(root)).toEqual(before);
  });

  test('makes no columns where there is no board, and needs no config with --workers', async () => {
    const { root } = makeRepository({ config: null });
    const before = snapshot(root);
    const { out, code } = await oompa(['run', '--workers', 'claude:opus:2', 'codex', '--dry-run'], { cwd: root });
    expect(code).toBe(0);
    const seats = out.match(/^w\d +\S+/gm)?.map((line) => line.split(/ +/));
    expect(seats).toEqual([
      ['w0', 'claude:opus'],
      ['w1', 'claude:opus'],
      ['w2', 'codex'],
    ]);
    expect((await oompa(['tasks'], { cwd: root })).out).toContain('Pending:  0');
    expect(snapshot(root)).toEqual(before);
  });

  test('ends as the run would when the config is wrong', async () => {
    const { root } = makeRepository({ config: null });
    expect(await oompa(['run', '--dry-run'], { cwd: root })).toMatchObject({ code: 66, out: '' });
    const wrong = await oompa(['run', '--dry-run', '--workers', 'cloude:1'], { cwd: root });
    expect(wrong).toMatchObject({ code: 78, out: '' });
    expect(wrong.err).toContain('did you mean "claude"?');
    for (const spec of ['2', 'claude:0', 'claude:201', ''])
      expect(await oompa(['run', '--workers', spec], { cwd: root })).toMatchObject({ code: 64, out: '' });
  });
});

test('the seven-line swarm: workers and no config', async () => {
  const { root, git } = makeRepository({ tasks: ['one', 'two'], config: null });
  // It may plan, so it must say that it is done.
  writeFileSync(join(root, 'agent.sh'), `${readFileSync(join(root, 'agent.sh'), 'utf8')}echo __DONE__\n`);
  const { code, out, err } = await oompa(
    ['run', '--workers', 'command:./agent.sh:2', '--until-done', '--approval', 'auto'],
    { cwd: root },
  );
  expect(code, err).toBe(0);
  expect(out).toMatch(/^two +merged/m);
  expect((await git('ls-tree', '--name-only', 'main')).split('\n')).toEqual(
    expect.arrayContaining(['one.txt', 'two.txt']),
  );
});

test('tasks: the columns in order of priority, what waits for what, and files that are none', async () => {
  const { root, write } = makeRepository();
  write('tasks/pending/t10.json', '{"summary": "ten"}');
  write('tasks/pending/t9.json', '{"summary": "nine"}');
  write('tasks/pending/first.edn', '{:id "first" :priority 1 :summary "sooner" :dependencies ["done" "t9"]}');
  write('tasks/current/held.json', '{}');
  write('tasks/complete/done.json', '{}');
  write('tasks/pending/bad.json', '{"id": ');
  const { out } = await oompa(['tasks', '--json'], { cwd: root });
  const board = JSON.parse(out);
  expect(board.counts).toEqual({ pending: 3, current: 1, complete: 1, unreadable: 1 });
  expect(board.tasks.map(({ id }: { id: string }) => id)).toEqual(['first', 'done', 'held', 't9', 't10']);
  expect(board.tasks[0]).toEqual({
    ...{ id: 'first', file: 'first.edn', column: 'pending', summary: 'sooner', priority: 1 },
    ...{ dependsOn: ['done', 't9'], files: [], waitsFor: ['t9'], status: null, worker: null, reason: null },
  });
  const text = (await oompa(['tasks'], { cwd: root })).out;
  expect(text).toMatch(/Pending: {2}3\n {2}Current: {2}1\n {2}Complete: 1/);
  expect(text).toMatch(/^first +after t9 +sooner$/m);
  expect(text).toMatch(/unreadable: pending\/bad.json: line 1/);
});

test('docs lists the pages that come with the program, and prints them', async () => {
  const cwd = emptyFolder();
  const { pages } = JSON.parse((await oompa(['docs', '--json'], { cwd })).out);
  const files = readdirSync(join(checkout, 'docs')).map((file) => file.replace(/\.md$/, ''));
  expect(pages.map(({ name }: { name: string }) => name)).toEqual(['readme', ...files.sort()]);
  const page = await oompa(['docs', 'config'], { cwd });
  expect(`${page.out}\n`).toBe(readFileSync(join(checkout, 'docs/config.md'), 'utf8'));
  const wrong = await oompa(['docs', 'cofig'], { cwd });
  expect(wrong).toMatchObject({ code: 66, out: '' });
  expect(wrong.err).toContain('did you mean config?');
});

describe('completions', () => {
  const cwd = emptyFolder;
  const shown = commands.filter(({ hidden }) => !hidden);

  test('bash offers commands, then the flags of the one that stands there', async () => {
    const folder = cwd();
    const script = join(folder, 'oompa.bash');
    writeFileSync(script, (await oompa(['completions', 'bash'], { cwd: folder })).out);
    const offered = async (...words: string[]) => {
      // Sourced twice, as by a nested shell.
      const ask = `. "$1"; . "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _oompa; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout } = await execa('bash', ['--norc', '-c', ask, 'bash', script, ...words]);
      return stdout.split('\n').filter(Boolean);
    };
    expect(await offered('oompa', '')).toEqual(expect.arrayContaining([...shown.map(nameOf), 'swarm', '--version']));
    expect(await offered('oompa', 'wor')).toEqual(['worktrees']);
    expect(await offered('oompa', 'swarm', '--d')).toEqual(['--detach', '--dry-run']);
    expect(await offered('oompa', '--json', 'sta')).toEqual(['status']);
    expect(await offered('oompa', 'log', 'w0', '-')).toEqual(['-f', '--follow', '--json', '-h', '--help']);
    // What was typed is not run.
    expect(await offered('oompa', `$(touch ${folder}/touched)`, '')).toEqual([]);
    expect(readdirSync(folder)).toEqual(['oompa.bash']);
  });

  const reads = { bash: ['-n'], zsh: ['-n'], fish: ['--no-execute'] };
  test.each(Object.entries(reads))(
    '%s: every command and flag, in a script that the shell can read',
    async (shell, args) => {
      const folder = cwd();
      const { code, out } = await oompa(['completions', shell], { cwd: folder });
      expect(code).toBe(0);
      for (const spec of shown) {
        expect(out).toContain(nameOf(spec));
        const verbs = 'verbs' in spec ? spec.verbs : [spec];
        for (const verb of verbs) expect(out).toContain(nameOf(verb));
        for (const [flags] of verbs.flatMap(({ options }) => options ?? []))
          expect(out).toContain(/--([\w-]+)/.exec(flags)?.[1]);
      }
      expect(out).not.toContain('supervise');
      if (execaSync('which', [shell], { reject: false }).failed)
        console.log(`${shell} is not installed: its script was not read by it`);
      else await execa(shell, args, { input: out });
    },
  );

  test('for another shell are refused with the names of those there are', async () => {
    const { code, err } = await oompa(['completions', 'tcsh'], { cwd: cwd() });
    expect(code).toBe(64);
    expect(err).toContain('bash, zsh, fish');
  });
});

test('a start that fails in the background is told at once, with what the supervisor said', async () => {
  const { root } = makeRepository({ config: scripted({}, { model: 'command:./nope.sh' }) });
  const { code, out, err } = await oompa(['run', '--detach'], { cwd: root });
  expect({ code, out }).toEqual({ code: 69, out: '' });
  expect(err).toContain('nope.sh');
  expect(err).toContain('its log: ');
});

test('a run in which every worker failed exits 1, with and without tasks', async () => {
  for (const tasks of [['one'], []]) {
    const { root, write } = makeRepository({ tasks, config: scripted({}, { can_plan: true }) });
    write('agent.sh', '#!/bin/sh\nexit 3\n');
    const { code, out } = await oompa(['run', '--until-done', '--approval=auto'], { cwd: root });
    expect(code, out).toBe(1);
    expect(out).toContain('! w0 is given up');
  }
});
