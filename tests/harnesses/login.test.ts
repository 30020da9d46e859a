// Whether somebody is logged in, as far as it can be told without a call: the ways of Gemini, and what programs of others answer.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { claude } from '../../src/harnesses/claude.ts';
import { codex } from '../../src/harnesses/codex.ts';
import type { Harness } from '../../src/harnesses/contract.ts';
import { geminiLogin } from '../../src/harnesses/gemini-login.ts';
import { opencode } from '../../src/harnesses/opencode.ts';

type Files = Readonly<Record<string, string>>;

function makeHome(files: Files): { home: string; root: string } {
  const home = mkdtempSync(join(tmpdir(), 'oompa-login-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  for (const [path, text] of Object.entries({ 'src/repo/x': '', ...files })) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  }
  return { home, root: join(home, 'src', 'repo') };
}

const selected = (type: string) => JSON.stringify({ security: { auth: { selectedType: type } } });
const vertex = { GOOGLE_CLOUD_PROJECT: 'p', GOOGLE_CLOUD_LOCATION: 'l' };

test.each<[string, Files, Record<string, string>, boolean | null]>([
  ['nothing is set up', {}, {}, false],
  ['a key', {}, { GEMINI_API_KEY: 'x' }, true],
  ['a key in .env above the repository', { 'src/.env': 'GEMINI_API_KEY="x"' }, {}, true],
  ['a key in the home folder', { '.gemini/.env': 'GEMINI_API_KEY=x' }, {}, true],
  ['only the nearest .env is read', { 'src/repo/.env': 'A=1', '.gemini/.env': 'GEMINI_API_KEY=x' }, {}, false],
  ['a key that may lie in the keychain', { '.gemini/settings.json': selected('gemini-api-key') }, {}, null],
  ['another address without a choice', {}, { GEMINI_API_KEY: 'x', GOOGLE_GEMINI_BASE_URL: 'http://x' }, false],
  [
    'Google, logged in',
    { '.gemini/settings.json': selected('oauth-personal'), '.gemini/oauth_creds.json': '{}' },
    {},
    true,
  ],
  ['Google, not logged in', {}, { GOOGLE_GENAI_USE_GCA: 'true', GEMINI_API_KEY: 'x' }, false],
  ['Google, in the keychain', {}, { GOOGLE_GENAI_USE_GCA: 'true', GEMINI_FORCE_ENCRYPTED_FILE_STORAGE: 'true' }, null],
  ['Vertex without a project', {}, { GOOGLE_GENAI_USE_VERTEXAI: 'true' }, false],
  ['Vertex with a key', {}, { GOOGLE_GENAI_USE_VERTEXAI: 'true', GOOGLE_API_KEY: 'x' }, true],
  ['Vertex, by the machine', {}, { GOOGLE_GENAI_USE_VERTEXAI: 'true', ...vertex }, null],
  [
    'Vertex with credentials',
    { '.config/gcloud/application_default_credentials.json': '{}' },
    { GOOGLE_GENAI_USE_VERTEXAI: 'true', ...vertex },
    true,
  ],
  ['a choice that is none', { '.gemini/settings.json': selected('nonsense') }, { GEMINI_API_KEY: 'x' }, false],
  [
    'the choice of the repository',
    {
      '.gemini/settings.json': selected('oauth-personal'),
      'src/repo/.gemini/settings.json': selected('gemini-api-key'),
    },
    { GEMINI_API_KEY: 'x' },
    true,
  ],
  ['settings that cannot be read', { '.gemini/settings.json': '{ // no' }, { GEMINI_API_KEY: 'x' }, true],
])('gemini: %s', (_, files, variables, expected) => {
  const { home, root } = makeHome(files);
  expect(geminiLogin(root, { HOME: home, ...variables })).toBe(expected);
});

test.each<[Harness, string, string, boolean | null]>([
  [opencode, 'anthropic/opus', 'echo anthropic/opus', true],
  [opencode, 'nope/x', '[ "$*" = "models nope" ] && echo "Error: Provider not found: nope" >&2; exit 1', false],
  [opencode, 'anthropic/opus', 'echo trouble >&2; exit 1', null],
  [opencode, '', 'exit 1', null],
  [claude, 'opus', 'echo \'{"loggedIn": false}\'; exit 1', false],
  [claude, 'opus', 'echo \'{"loggedIn": true}\'', true],
  [claude, 'opus', 'echo unknown command', null],
  [codex, '', 'exit 0', true],
  [codex, '', 'exit 1', false],
])('$name of model %j when its program says %j: %s', async (harness, model, script, expected) => {
  const { home, root } = makeHome({ program: `#!/bin/sh\n${script}\n` });
  chmodSync(join(home, 'program'), 0o755);
  const launch = { bin: join(home, 'program'), args: [], root, model };
  expect(await harness.login?.ask(launch, { HOME: home, CODEX_HOME: '' })).toBe(expected);
});

test('codex with a provider of the user’s own may need no login; a key is one', async () => {
  const { home, root } = makeHome({ '.codex/config.toml': 'model_provider = "mine"\n' });
  const launch = { bin: '/bin/false', args: [], root, model: '' };
  expect(await codex.login?.ask(launch, { HOME: home, CODEX_HOME: '' })).toBe(null);
  expect(await codex.login?.ask(launch, { HOME: home, CODEX_API_KEY: 'x' })).toBe(true);
});
