// `oompa init`: a config for what is installed here, and nothing of anybody overwritten.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { oompa } from './program.ts';
import { makeRepository, narrowPath } from './repository.ts';

const cli = (version: string, login = true) =>
  `#!/bin/sh\ncase "$*" in *--version*) echo ${version} ;; *status*) echo '{"loggedIn": ${login}}'; ${login ? 'true' : 'false'} ;; esac\n`;
const read = (root: string, file: string) => readFileSync(join(root, file), 'utf8');

test('it names the agents that are installed and logged in, and the checks of the repository', async () => {
  const { root, write } = makeRepository({ config: null });
  write('package.json', '{"scripts": {"test": "node --test"}}');
  write('Makefile', 'all:\n\ttrue\n');
  const env = {
    PATH: narrowPath({ claude: cli('2.1.0'), codex: cli('1.2.3', false), gemini: cli('0.9.1') }),
    CODEX_API_KEY: undefined,
    GEMINI_API_KEY: 'a key',
  };
  const { code, out } = await oompa(['init', '--json'], { cwd: root, env });
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    workers: ['claude', 'gemini'],
    written: ['oompa.json', 'spec.md'],
    kept: [],
  });
  expect(JSON.parse(read(root, 'oompa.json'))).toEqual({
    workers: [
      { model: 'claude', count: 2 },
      { model: 'gemini', count: 2 },
    ],
    checks: ['npm test'],
  });
  expect(JSON.parse(out).agents).toContainEqual(
    expect.objectContaining({ name: 'codex', ok: true, loggedIn: false, hint: expect.stringContaining('codex login') }),
  );
  expect(read(root, 'spec.md')).toMatch(/^# oompa-cli-/);
  expect((await oompa(['lint'], { cwd: root })).code).toBe(0);
});

test('it overwrites nothing, and says so', async () => {
  const { root, write } = makeRepository({ config: null });
  write('spec.md', 'mine');
  const env = { PATH: narrowPath({ claude: cli('2.1.0') }) };
  const first = await oompa(['init'], { cwd: root, env });
  expect(first.out).toContain('+ claude    2.1.0');
  expect(first.out).toContain('wrote oompa.json\nkept spec.md as it was');
  const config = read(root, 'oompa.json');
  expect(JSON.parse((await oompa(['init', '--json'], { cwd: root, env })).out)).toMatchObject({
    written: [],
    kept: ['oompa.json', 'spec.md'],
  });
  expect([read(root, 'spec.md'), read(root, 'oompa.json')]).toEqual(['mine', config]);
});

test('without an agent it writes nothing and says how to get one', async () => {
  const { root } = makeRepository({ config: null });
  const { code, err } = await oompa(['init'], { cwd: root, env: { PATH: narrowPath() } });
  expect(code).toBe(69);
  for (const words of ['no agent is installed', 'npm install -g @anthropic-ai/claude-code', 'command:./my-agent.sh'])
    expect(err).toContain(words);
  expect(() => read(root, 'oompa.json')).toThrow();
});
