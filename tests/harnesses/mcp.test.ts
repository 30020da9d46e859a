// How each CLI is given an MCP server of ours, and that nothing of its user's is lost by that.
import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { McpServer, OpenRequest } from '../../src/harnesses/contract.ts';
import { harnesses, harnessOf } from '../../src/harnesses/registry.ts';
import { writeLaunchFiles } from '../../src/worker/launch.ts';

const mcp: McpServer = { name: 'oompa', command: '/bin/o"o', args: ['mcp'], env: { OOMPA_WORKER: 'w0' } };

function request(
  model: string,
  environment: Record<string, string>,
  folder: string,
): OpenRequest & { prompt: string; readOnly: boolean } {
  const { harness: _, env: __, ...launch } = harnessOf(model);
  const place = { root: '/repo', cwd: '/tree', prompt: 'p', conversation: null, readOnly: false };
  return { ...launch, ...place, mcp, folder, environment, permissions: 'ask', hook: ['/hook', '/notes'] };
}

/** Printing, and in its own terminal UI. */
async function started(model: string, environment: Record<string, string> = {}, folder = '/folder') {
  const { harness } = harnessOf(model);
  const asked = request(model, environment, folder);
  const tui = await harness.interactive?.();
  return [harness.turn(asked), ...(tui ? [tui.open(asked)] : [])];
}

function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'oompa-mcp-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

test('every harness that can is given one, without a file of the user or of the repository', async () => {
  for (const { name, can } of harnesses) {
    const [turn] = await started(name === 'command' ? 'command:cat' : name);
    expect({ name, given: JSON.stringify(turn).includes('OOMPA_WORKER') }).toEqual({ name, given: can.mcp });
    for (const path of Object.keys(turn?.files ?? {})) expect(path).not.toMatch(/^\/|\.\./);
  }
});

test('claude: an option that takes several words is followed by another option', async () => {
  for (const { argv, files = {} } of await started('claude:opus')) {
    const at = argv.indexOf('--mcp-config');
    expect(JSON.parse(argv[at + 1] ?? '')).toEqual({
      mcpServers: { oompa: { type: 'stdio', command: '/bin/o"o', args: ['mcp'], env: mcp.env, alwaysLoad: true } },
    });
    expect(argv[at + 2]).toMatch(/^-/);
    expect(argv).not.toContain('--strict-mcp-config');
    const settings = files['settings.json'];
    if (settings) expect(JSON.parse(settings)).toMatchObject({ permissions: { allow: ['mcp__oompa'] } });
  }
});

test('codex: each setting for itself, so that its other servers stay', async () => {
  for (const { argv } of await started('codex')) {
    expect(argv).toEqual(
      expect.arrayContaining([
        'mcp_servers.oompa.command="/bin/o\\"o"',
        'mcp_servers.oompa.args=["mcp"]',
        'mcp_servers.oompa.env={OOMPA_WORKER="w0"}',
        'mcp_servers.oompa.default_tools_approval_mode="approve"',
      ]),
    );
  }
});

test('opencode: beside what its user has set in the environment', async () => {
  const own = '{ // mine\n "mcp": {"own": {"type": "local"}}, "permission": "ask", "theme": "https://x/*y*/" }';
  for (const { env } of await started('opencode:a/b', { OPENCODE_CONFIG_CONTENT: own })) {
    expect(JSON.parse(env.OPENCODE_CONFIG_CONTENT ?? '')).toMatchObject({
      theme: 'https://x/*y*/',
      mcp: { own: { type: 'local' }, oompa: { command: ['/bin/o"o', 'mcp'], environment: mcp.env } },
      permission: { '*': 'ask', 'oompa_*': 'allow' },
    });
  }
});

test("gemini: in a home that is its user's but for the settings, which are joined", async () => {
  const own =
    '{\n  // mine\n  "hooks": {"BeforeTool": [{"matcher": "x"}]}, "mcpServers": {"own": {"command": "x"}}, "ui": {"theme": "a//b"}\n}';
  const home = folderWith({
    '.gemini/settings.json': own,
    '.gemini/oauth_creds.json': '{}',
    '.gemini/tmp/x': '',
    '.env': 'A=b',
  });
  const folder = folderWith({});
  const [turn, tui] = await started('gemini', { HOME: home }, folder);
  for (const each of [turn, tui]) {
    writeLaunchFiles(folder, each ?? {});
    const inside = each?.env.GEMINI_CLI_HOME ?? '';
    expect(dirname(inside)).toBe(folder);
    const settings = JSON.parse(readFileSync(join(inside, '.gemini/settings.json'), 'utf8'));
    expect(settings).toMatchObject({
      ui: { theme: 'a//b' },
      mcpServers: { own: { command: 'x' }, oompa: { command: '/bin/o"o', env: mcp.env, trust: true } },
    });
    expect(settings.hooks.BeforeTool).toHaveLength(each === tui ? 2 : 1);
    for (const name of ['.gemini/oauth_creds.json', '.gemini/tmp', '.env'])
      expect(readlinkSync(join(inside, name))).toBe(join(home, name));
  }
  expect(readFileSync(join(home, '.gemini/settings.json'), 'utf8')).toBe(own);
  // Another account is another home; settings that cannot be read are for the CLI to complain of.
  const other = folderWith({ '.gemini/settings.json': '{ torn' });
  const [second] = await started('gemini', { HOME: home, GEMINI_CLI_HOME: other }, folder);
  expect(second?.env.GEMINI_CLI_HOME).not.toBe(turn?.env.GEMINI_CLI_HOME);
  expect(Object.values(second?.files ?? {})).toEqual(['{ torn']);
});
