// `oompa run` in the foreground, to its end.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { entry, oompa, plainEnv } from './program.ts';
import { makeRepository, narrowPath, scripted } from './repository.ts';

const args = ['run', '--until-done', '--approval=auto'];

describe('--until-done', () => {
  test('exits 0 when every task is merged', async () => {
    const { root, git } = makeRepository({ tasks: ['one', 'two'] });
    const { code, out, err } = await oompa(args, { cwd: root });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const text of ['panes: tmux', 'on the board: one, two', 'w0 claimed one', 'swarm stopped (completed)'])
      expect(out).toContain(text);
    expect(out).toMatch(/^one +merged +w0 +[0-9a-f]{10} /m);
    expect(await git('rev-list', '--count', '--merges', 'main')).toBe('2');
    expect(existsSync(join(root, 'tasks/complete/two.json'))).toBe(true);
  });

  test('exits 1 when tasks remain that nobody can work on', async () => {
    const { root } = makeRepository({ tasks: ['one', 'two'], config: scripted({}, { iterations: 1 }) });
    const { code, out } = await oompa(args, { cwd: root });
    expect(code).toBe(1);
    expect(out).toMatch(/^one +merged /m);
    expect(out).toMatch(/^two +pending /m);
  });

  test('exits 1 when the worker fails, and says why', async () => {
    const { root, write } = makeRepository({ tasks: ['one'] });
    write('agent.sh', '#!/bin/sh\necho no account >&2\nexit 3\n');
    const { code, out } = await oompa(args, { cwd: root });
    expect(code).toBe(1);
    expect(out).toContain('! w0: turn w0-t1 failed');
    expect(out).toContain('! w0 is given up');
    expect(out).toMatch(/^one +pending /m);
  });

  test('--json prints the journal, line by line', async () => {
    const { root } = makeRepository({ tasks: ['one'] });
    const { code, out } = await oompa(['--json', ...args], { cwd: root });
    expect(code).toBe(0);
    const types = out.split('\n').map((line) => JSON.parse(line).event.type);
    expect(types[0]).toBe('swarm.started');
    expect(types).toContain('change.landed');
    expect(types.at(-1)).toBe('swarm.stopped');
  });
});

test('without tmux the panes are embedded, and the run says so once', async () => {
  const { root } = makeRepository({ tasks: ['one'] });
  const { code, out } = await oompa(args, { cwd: root, env: { PATH: narrowPath() } });
  expect(code).toBe(0);
  expect(out).toContain('panes: pty');
  expect(out.match(/tmux is not installed: panes are embedded/g)).toHaveLength(1);
  expect(out).toMatch(/^one +merged /m);
});

test('with a tmux that is too old likewise', async () => {
  const { root } = makeRepository({ tasks: ['one'] });
  const env = { PATH: narrowPath({ tmux: '#!/bin/sh\necho tmux 2.9a\n' }) };
  const { code, out } = await oompa(args, { cwd: root, env });
  expect(code).toBe(0);
  expect(out).toContain('tmux 2.9a is too old: panes are embedded');
});

test('files that are no tasks are named once, and the others go on', async () => {
  const { root, write } = makeRepository({ tasks: ['one', 'two'] });
  write('tasks/pending/y-torn.json', '{"id": "torn",\n "summary" }');
  write('tasks/pending/z-twin.json', JSON.stringify({ id: 'twin', summary: 'a' }));
  write('tasks/pending/z-twin-too.json', JSON.stringify({ id: 'twin', summary: 'b' }));
  const { code, out } = await oompa(args, { cwd: root });
  expect(out).toMatch(/^one +merged /m);
  expect(out).toMatch(/^two +merged /m);
  expect(code).toBe(0);
  expect(out.match(/! pending\/y-torn\.json: line 2/g)).toHaveLength(1);
  expect(out.match(/! pending\/z-twin\.json: duplicate id twin: pending\/z-twin-too\.json has it too/g)).toHaveLength(
    1,
  );
  expect(out.match(/! pending\/z-twin-too\.json: duplicate id twin/g)).toHaveLength(1);
  expect((await oompa(['status'], { cwd: root })).out).toContain('unreadable: pending/y-torn.json: line 2');
});

test('Ctrl-C stops the swarm in good order', async () => {
  const { root, git } = makeRepository({ tasks: ['one'] });
  const child = execa(process.execPath, [entry, 'run'], {
    cwd: root,
    env: plainEnv(),
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  });
  child.stdout.on('data', (chunk) => String(chunk).includes('handed in') && child.kill('SIGINT'));
  const { exitCode, stdout } = await child;
  expect(exitCode).toBe(0);
  expect(stdout).toContain('swarm stopped (interrupted)');
  expect(existsSync(join(root, 'tasks/pending/one.json'))).toBe(true);
  expect(await git('worktree', 'list')).not.toContain('.oompa');
});
