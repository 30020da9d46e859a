// A home of Gemini CLI's that is the operator's but for its settings, which are the operator's and ours. It takes settings from the
// environment only by files that root owns, in folders that root owns.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Invocation, TurnRequest } from './contract.ts';
import { listAt, objectAt, parseJsonc } from './shape.ts';

/** What it reads in a home beside `.gemini`. */
const others = ['.env', '.agents'];

/** `hooks`: name → what is added to the operator's of that name. */
export function geminiHome(
  { mcp, folder, environment }: Pick<TurnRequest, 'mcp' | 'folder' | 'environment'>,
  hooks: Readonly<Record<string, readonly object[]>> = {},
): Required<Pick<Invocation, 'env' | 'files' | 'links'>> {
  const operator = environment.GEMINI_CLI_HOME || environment.HOME || homedir();
  // Each account has a home of its own: what is made in it stays there.
  const home = `home-${createHash('sha256').update(operator).digest('hex').slice(0, 8)}`;
  const inside = namesIn(join(operator, '.gemini')).filter((name) => name !== 'settings.json');
  const linked = [
    ...inside.map((name) => join('.gemini', name)),
    ...others.filter((name) => existsSync(join(operator, name))),
  ];
  return {
    env: { GEMINI_CLI_HOME: join(folder, home) },
    files: {
      [join(home, '.gemini', 'settings.json')]: settingsText(
        read(join(operator, '.gemini', 'settings.json')),
        mcp,
        hooks,
      ),
    },
    links: Object.fromEntries(linked.map((name) => [join(home, name), join(operator, name)])),
  };
}

function settingsText(
  text: string,
  mcp: TurnRequest['mcp'],
  hooks: Readonly<Record<string, readonly object[]>>,
): string {
  const own = parseJsonc(text || '{}');
  // It says itself what is wrong with it.
  if (!own) return text;
  const joined = Object.entries(hooks).map(([name, added]) => [name, [...listAt(own, 'hooks', name), ...added]]);
  return JSON.stringify({
    ...own,
    general: { enableAutoUpdate: false, ...objectAt(own, 'general') },
    hooks: { ...objectAt(own, 'hooks'), ...Object.fromEntries(joined) },
    mcpServers: {
      ...objectAt(own, 'mcpServers'),
      ...(mcp && { [mcp.name]: { command: mcp.command, args: mcp.args, env: mcp.env, trust: true } }),
    },
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
