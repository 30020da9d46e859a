// What `oompa init` writes: a config for the agents and checks that are found, and the beginning of a specification.
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ConfigInput } from '../core/config.ts';
import type { HarnessCheck } from '../harnesses/contract.ts';
import { harnesses } from '../harnesses/registry.ts';

export interface Agent extends Pick<HarnessCheck, 'ok' | 'version' | 'hint'> {
  name: string;
  /** Null where it cannot be told. `hint` says how to log in where nobody is. */
  loggedIn: boolean | null;
}

/** Asks every agent CLI whether it is here. */
export function findAgents(root: string): Promise<Agent[]> {
  return Promise.all(
    harnesses
      .filter(({ bin }) => bin !== '')
      .map(async ({ name, bin, check, login }) => {
        const launch = { bin, args: [], root, model: '' };
        const { ok, version, hint } = await check(launch, {});
        const loggedIn = ok && login ? await login.ask(launch, {}) : null;
        return { name, ok, version, loggedIn, hint: loggedIn === false ? (login?.how ?? hint) : hint };
      }),
  );
}

/** Agents that can work: of those that are found, the ones that are not known to lack a login; all when none is left. */
export function usableAgents(agents: readonly Agent[]): Agent[] {
  const found = agents.filter(({ ok }) => ok);
  const loggedIn = found.filter(({ loggedIn }) => loggedIn !== false);
  return loggedIn.length > 0 ? loggedIn : found;
}

/** Four workers in all, or one of each agent when there are more. */
export function configFor(root: string, agents: readonly Agent[]): ConfigInput {
  const schema = './node_modules/oompa/schemas/config.schema.json';
  const count = Math.max(1, Math.floor(4 / agents.length));
  return {
    ...(existsSync(join(root, schema)) ? { $schema: schema } : {}),
    workers: agents.map(({ name }) => ({ model: name, count })),
    checks: checksFor(root),
  };
}

/** File that says which tools a repository uses → the check to run there; null when it says nothing after all. */
const tools: readonly (readonly [file: string, check: (text: string) => string | null])[] = [
  ['package.json', npmTest],
  ['Cargo.toml', () => 'cargo test'],
  ['go.mod', () => 'go test ./...'],
  ['pyproject.toml', (text) => (/\bpytest\b/.test(text) ? 'pytest' : null)],
  ['mix.exs', () => 'mix test'],
  ['Makefile', (text) => (/^(?:test|check):/m.test(text) ? `make ${/^test:/m.test(text) ? 'test' : 'check'}` : null)],
];

function checksFor(root: string): string[] {
  return tools.flatMap(([file, check]) => {
    const path = join(root, file);
    return existsSync(path) ? (check(readFileSync(path, 'utf8')) ?? []) : [];
  });
}

function npmTest(text: string): string | null {
  try {
    const test: unknown = JSON.parse(text)?.scripts?.test;
    // What `npm init` writes fails always.
    return typeof test === 'string' && !test.includes('no test specified') ? 'npm test' : null;
  } catch {
    return null;
  }
}

export function specFor(root: string): string {
  return `# ${basename(root)}

What this repository should become. Agents read this page to find tasks, and to judge whether one is done: say what, and why; leave out how.

## For whom, and what for

One paragraph: who uses it, and what they can do then that they cannot do now.

## What must be true

Sentences that can be checked, one a line, most important first.

- …

## What it is not

What nobody should build here, and what must stay as it is.

- …
`;
}
