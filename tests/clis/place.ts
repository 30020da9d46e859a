// A home and a git worktree of their own for one CLI, aimed at a scripted model: set up as a user would, nothing of the machine's own.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { HarnessAlias } from '../../src/core/harness.ts';
import { type Cli, programOf } from './clis.ts';

export interface Place {
  /** The environment of a user of this CLI: all that a runner may be given. */
  env: Record<string, string>;
  /** The main checkout, and a worktree of it that holds `a.txt` (alpha, beta). */
  root: string;
  tree: string;
  /** What stands in the config's `model`: that of the first CLI. */
  model: string;
  remove(): void;
}

export interface Aim {
  /** The base of the model server. */
  url: string;
  key?: string;
}

/** Every CLI has an MCP server of the user's, `own`, whose tool writes `own.txt` into the worktree. */
export function makePlace(clis: readonly Cli[], aim: Aim): Place {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'oompa-cli-')));
  const home = join(folder, 'home');
  const root = join(folder, 'repo');
  const tree = join(folder, 'tree');
  const temporary = join(folder, 'tmp');
  for (const each of [home, temporary]) mkdirSync(each);
  makeRepository(root, tree);
  const bins = clis.map((cli) => dirname(programOf(cli) ?? '/nowhere'));
  const env: Record<string, string> = {
    HOME: home,
    TMPDIR: temporary,
    PATH: [...bins, process.env.PATH].join(':'),
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    // The server as a proxy refuses, and tells, whatever else is asked for.
    ...proxied(aim.url),
  };
  const own = [join(import.meta.dirname, 'own-server.mjs'), join(tree, 'own.txt')];
  for (const { name } of clis) Object.assign(env, settings[name]?.(home, aim, root, own));
  return {
    env,
    root,
    tree,
    model: modelOf(clis[0]?.name ?? ''),
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }),
  };
}

/** CLI → model strings. The first is that of all tests; those after it speak to their model in another way. */
export const models: Record<string, readonly string[]> = {
  claude: ['claude:sonnet'],
  // Its own choice, which calls tools by programs that it writes ("code mode"); an older one, which calls them one by one.
  codex: ['codex', 'codex:gpt-5.5'],
  opencode: ['opencode:mock/m'],
  gemini: ['gemini:gemini-2.5-flash'],
};

/** What makes a CLI wait for its MCP servers that would begin without them: a scripted model is too quick for those. */
const waiting: Record<string, HarnessAlias> = {
  codex: {
    ...{ base: 'codex', env: {} },
    args: ['oompa', 'own'].flatMap((server) => ['-c', `mcp_servers.${server}.required=true`]),
  },
};

export const aliasOf = (cli: string): HarnessAlias | null => waiting[cli] ?? null;

export const modelOf = (cli: string): string => models[cli]?.[0] ?? '';

/** Name → what a user of it has in the home folder and in the environment. Waits and updates are cut short where the CLI lets us. */
const settings: Record<
  string,
  (home: string, aim: Aim, root: string, own: readonly string[]) => Record<string, string>
> = {
  claude(home, { url, key = 'sk-ant-fake' }, root, own) {
    // What its first start in a terminal would ask.
    const answered = {
      hasCompletedOnboarding: true,
      projects: { [root]: { hasTrustDialogAccepted: true } },
      customApiKeyResponses: { approved: [key.slice(-20)], rejected: [] },
      mcpServers: { own: { command: process.execPath, args: own, alwaysLoad: true } },
    };
    put(join(home, '.claude.json'), JSON.stringify(answered));
    return {
      ...(key.startsWith('sk-ant-oat') ? { CLAUDE_CODE_OAUTH_TOKEN: key } : { ANTHROPIC_API_KEY: key }),
      ANTHROPIC_BASE_URL: url,
      CLAUDE_CODE_MAX_RETRIES: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    };
  },
  codex(home, { url, key = 'sk-fake' }, _, own) {
    const lines = [
      'model_provider = "scripted"',
      'check_for_update_on_startup = false',
      // Where it is not told to skip them.
      'approval_policy = "on-request"',
      'sandbox_mode = "read-only"',
      '[model_providers.scripted]',
      'name = "scripted"',
      `base_url = "${url}/v1"`,
      'env_key = "OPENAI_API_KEY"',
      'wire_api = "responses"',
      'request_max_retries = 1',
      'stream_max_retries = 1',
      // A newer model was offered, and declined.
      '[notice.model_migrations]',
      '"gpt-5.5" = "gpt-6-sol"',
      '[mcp_servers.own]',
      `command = ${JSON.stringify(process.execPath)}`,
      `args = ${JSON.stringify(own)}`,
      '[analytics]',
      'enabled = false',
      '[features]',
      'plugins = false',
    ];
    put(join(home, '.codex', 'config.toml'), `${lines.join('\n')}\n`);
    return { OPENAI_API_KEY: key };
  },
  opencode(home, { url, key = 'x' }, _, own) {
    // Its plugin is there already, as far as it looks: else it fetches it at every start.
    const plugin = '@opencode-ai/plugin';
    const config = join(home, '.config', 'opencode');
    const version = '1.18.33';
    put(join(config, 'package.json'), JSON.stringify({ dependencies: { [plugin]: version } }));
    put(join(config, 'node_modules', plugin, 'package.json'), JSON.stringify({ name: plugin, version }));
    const packages = { '': { dependencies: { [plugin]: version } }, [`node_modules/${plugin}`]: { version } };
    put(join(config, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, packages }));
    const model = {
      name: 'M',
      limit: { context: 200_000, output: 8_000 },
      cost: { input: 1, output: 2, cache_read: 0.1 },
      reasoning: true,
      tool_call: true,
    };
    const provider = { npm: '@ai-sdk/openai-compatible', name: 'Mock', options: { baseURL: `${url}/v1`, apiKey: key } };
    const content = {
      autoupdate: false,
      share: 'disabled',
      enabled_providers: ['mock'],
      permission: { edit: 'ask' },
      small_model: 'mock/m',
      mcp: { own: { type: 'local', command: [process.execPath, ...own] } },
      provider: { mock: { ...provider, models: { m: model } } },
    };
    return {
      OPENCODE_CONFIG_CONTENT: JSON.stringify(content),
      OPENCODE_DISABLE_MODELS_FETCH: '1',
      OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
    };
  },
  gemini(home, { url, key = 'fake' }, _, own) {
    const settings = {
      general: { enableAutoUpdate: false, enableAutoUpdateNotification: false, maxAttempts: 1 },
      privacy: { usageStatisticsEnabled: false },
      telemetry: { enabled: false },
      security: { auth: { selectedType: 'gemini-api-key' } },
      mcpServers: { own: { command: process.execPath, args: own, trust: true } },
    };
    put(join(home, '.gemini', 'settings.json'), JSON.stringify(settings));
    return { GEMINI_API_KEY: key, GOOGLE_GEMINI_BASE_URL: url };
  },
};

function proxied(url: string): Record<string, string> {
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'];
  return { ...Object.fromEntries(names.map((name) => [name, url])), NO_PROXY: '127.0.0.1,localhost' };
}

function makeRepository(root: string, tree: string): void {
  mkdirSync(root);
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, stdio: 'pipe' });
  git('init', '--quiet', '--initial-branch=main');
  put(join(root, 'a.txt'), 'alpha\nbeta\n');
  git('add', '.');
  git('-c', 'user.name=Operator', '-c', 'user.email=operator@example.invalid', 'commit', '--quiet', '-m', 'start');
  git('worktree', 'add', '--quiet', '-b', 'work', tree);
}

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
