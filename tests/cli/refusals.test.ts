// What the operator must change: a clear line, what to do, the right exit code, and nothing begun.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Ended, oompa } from './program.ts';
import { emptyFolder, makeRepository, narrowPath, scripted } from './repository.ts';

function refused({ code, out, err }: Ended, expected: { code: number; says: (string | RegExp)[] }): void {
  expect({ code, out }, err).toEqual({ code: expected.code, out: '' });
  expect(err).toMatch(/^oompa: .+\n {2}\S/);
  expect(err).not.toMatch(/ {4}at |defect/);
  for (const text of expected.says) expect(err).toMatch(text);
}

describe('the repository', () => {
  test.each(['run', 'status', 'stop', 'attach', 'log w0', 'approve abcd', 'requeue'])(
    'oompa %s outside of one',
    async (line) => {
      const cwd = emptyFolder();
      refused(await oompa(line.split(' '), { cwd }), {
        code: 66,
        says: [cwd, 'not inside a git repository', 'git init'],
      });
    },
  );

  test('without a commit', async () => {
    const { root } = makeRepository({ commit: false });
    refused(await oompa(['run'], { cwd: root }), { code: 66, says: ['no commits yet', 'git commit'] });
    expect(existsSync(join(root, 'runs'))).toBe(false);
  });

  test('with a base branch that is not there', async () => {
    const { root } = makeRepository({ config: scripted({ base: 'mian' }) });
    refused(await oompa(['run'], { cwd: root }), { code: 78, says: ['mian'] });
  });

  test('in which no swarm was ever started', async () => {
    const { root } = makeRepository();
    for (const line of ['status', 'status --json', 'attach', 'approve abcd', 'reject abcd -m x', 'requeue'])
      refused(await oompa(line.split(' '), { cwd: root }), {
        code: 66,
        says: ['no swarm was ever started', 'oompa run'],
      });
    refused(await oompa(['log', 'w0'], { cwd: root }), { code: 66, says: ['w0 has no transcript', 'oompa status'] });
    refused(await oompa(['log', '../../etc'], { cwd: root }), { code: 66, says: ['no transcript'] });
  });
});

describe('the config', () => {
  test('is missing', async () => {
    const { root } = makeRepository({ config: null });
    refused(await oompa(['run'], { cwd: root }), { code: 66, says: [join(root, 'oompa.json'), 'oompa demo'] });
    refused(await oompa(['run', 'other.json'], { cwd: root }), { code: 66, says: [join(root, 'other.json')] });
    refused(await oompa(['--config=other.json', 'run'], { cwd: root }), { code: 66, says: [join(root, 'other.json')] });
  });

  test.each([
    [
      '{"workers": [{"modle": "command:true"}]}',
      ['workers[0].modle', 'did you mean "model"', 'workers[0].model: is missing'],
    ],
    ['{"workers": [{"model": "command:true"}], "aproval": "auto"}', ['aproval', 'did you mean "approval"']],
    [
      '{"workers": [{"model": "command:true", "count": "three"}]}',
      ['workers[0].count: expected a number, got "three"'],
    ],
    ['{"workers": [{"model": "command:true"}], "approval": "atuo"}', ['approval', 'did you mean "auto"']],
    [
      '{"workers": [{"model": "command:true"}], "limits": {"comand": 2}}',
      ['limits.comand: no worker runs on this', 'did you mean "command"?'],
    ],
    [
      '{"workers": [{"model": "opencode:anthropic/x"}], "limits": {"openai": 2}}',
      ['limits.openai: no worker runs on this; known here: anthropic, opencode, opencode:anthropic/x'],
    ],
    ['{"workers": []}', ['workers', 'at least one worker']],
    ['{"workers": [{"model": "command:true"}], "timeouts": {"idle": "10 minutes"}}', ['timeouts.idle', '"10m"']],
    [
      '{"workers": [{"model": "command:true", "prompt": "prompts/nope.md"}]}',
      ['workers[0].prompt[0]', 'prompts/nope.md'],
    ],
    ['{"workers": [{"model": "command:true", "role": "nobody"}]}', ['workers[0].role', 'prompts/nobody.md']],
    ['{"workers": [{"model": "comand:true"}]}', ['unknown harness "comand"', 'command:true']],
    ['{\n  "workers": [\n    {"model": "command:true",}\n  ]\n}', ['oompa.json:3:', 'no comma after the last entry']],
    ['{"workers": [', ['oompa.json:1:', 'unexpected end']],
  ])('%s', async (text, says) => {
    const { root, write } = makeRepository({ config: null });
    write('oompa.json', text);
    const escaped = says.map((each) => new RegExp(each.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
    refused(await oompa(['run'], { cwd: root }), { code: 78, says: escaped });
    expect(existsSync(join(root, 'runs'))).toBe(false);
  });

  test('names a program that is not there, or that may not be run', async () => {
    const { root, write } = makeRepository({ config: scripted({}, { model: 'command:./nope.sh' }) });
    refused(await oompa(['run'], { cwd: root }), { code: 69, says: ['command:./nope.sh', join(root, 'nope.sh')] });
    write('nope.sh', '#!/bin/sh\n');
    refused(await oompa(['run'], { cwd: root }), { code: 69, says: ['not executable', 'chmod'] });
  });

  test('--approval takes two words', async () => {
    const { root } = makeRepository();
    refused(await oompa(['run', '--approval=maybe'], { cwd: root }), { code: 64, says: ['operator or auto', 'maybe'] });
  });
});

describe('tmux', () => {
  const demanded = () => makeRepository({ config: scripted({ panes: 'tmux' }) });

  test('is demanded and missing', async () => {
    const { root } = demanded();
    const env = { PATH: narrowPath() };
    refused(await oompa(['run'], { cwd: root, env }), { code: 69, says: ['tmux is not installed', 'panes be "auto"'] });
    refused(await oompa(['run', '--detach'], { cwd: root, env }), {
      code: 69,
      says: ['tmux is not installed', /log: /],
    });
    expect(await oompa(['stop'], { cwd: root })).toMatchObject({ code: 0, out: 'no swarm is running' });
  });

  test('is demanded and too old', async () => {
    const { root } = demanded();
    const env = { PATH: narrowPath({ tmux: '#!/bin/sh\necho tmux 2.9a\n' }) };
    refused(await oompa(['run'], { cwd: root, env }), { code: 69, says: ['tmux 2.9a is too old', '3.2'] });
  });
});

test('the screen needs a terminal', async () => {
  const { root } = makeRepository();
  refused(await oompa(['tui'], { cwd: root }), { code: 64, says: ['needs a terminal', 'oompa run'] });
});

describe('the demo', () => {
  test('does not write into a folder that is in use', async () => {
    const { root } = makeRepository();
    refused(await oompa(['demo', '--headless', '--dir', root], { cwd: root }), {
      code: 73,
      says: [root, 'not empty', '--dir'],
    });
  });

  test('takes up to 200 workers', async () => {
    const cwd = emptyFolder();
    refused(await oompa(['demo', '--headless', '--dir=d', '--workers=201'], { cwd }), {
      code: 64,
      says: ['201', '200'],
    });
    expect(existsSync(join(cwd, 'd'))).toBe(false);
  });

  test('made without a terminal says how to go on', async () => {
    const cwd = emptyFolder();
    const { code, out } = await oompa(['demo', '--dir', 'here'], { cwd });
    expect(code).toBe(0);
    expect(out).toContain('scripted');
    expect(out).toContain(`cd ${join(cwd, 'here')} && oompa tui`);
  });
});
