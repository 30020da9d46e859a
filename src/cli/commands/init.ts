// `oompa init`: finds the installed agents and writes oompa.json and spec.md. What is there already stays as it is.
import { join, relative } from 'node:path';
import { clean } from '../../core/clean.ts';
import { errnoOf, exitCodes, Refusal } from '../../core/errors.ts';
import { writeNew } from '../../disk/durable.ts';
import { type Agent, configFor, findAgents, specFor, usableAgents } from '../init.ts';
import { openWorkspace } from '../workspace.ts';
import type { Invocation } from './index.ts';

export async function run({ options }: Invocation): Promise<number> {
  const { root, config } = openWorkspace();
  const agents = await findAgents(root);
  const usable = usableAgents(agents);
  if (usable.length === 0) {
    throw new Refusal(`no agent is installed: looked for ${agents.map(({ name }) => name).join(', ')}`, {
      hint: `${agents.map(({ name, hint }) => `${name}: ${hint}`).join('; ')}; or write oompa.json with a program of your own: command:./my-agent.sh`,
      exitCode: exitCodes.unavailable,
    });
  }
  const files = {
    [config]: `${JSON.stringify(configFor(root, usable), null, 2)}\n`,
    [join(root, 'spec.md')]: specFor(root),
  };
  const written: string[] = [];
  const kept: string[] = [];
  for (const [path, text] of Object.entries(files))
    ((await writeIfFree(path, text)) ? written : kept).push(relative(root, path));
  if (options.json)
    console.log(JSON.stringify({ agents, workers: usable.map(({ name }) => name), written, kept }, null, 2));
  else console.log(report(agents, usable, written, kept));
  return exitCodes.ok;
}

async function writeIfFree(path: string, text: string): Promise<boolean> {
  try {
    await writeNew(path, text, { mode: 0o644 });
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function report(agents: readonly Agent[], usable: readonly Agent[], written: string[], kept: string[]): string {
  const lines = agents.map((agent) => {
    const state = !agent.ok ? `not found; ${agent.hint ?? ''}` : (agent.version ?? 'found');
    const login = agent.loggedIn === false ? `, not logged in: ${agent.hint}` : '';
    return `${usable.includes(agent) ? '+' : ' '} ${agent.name.padEnd(10)}${clean(`${state}${login}`)}`;
  });
  return [
    ...lines,
    '',
    ...written.map((file) => `wrote ${file}`),
    ...kept.map((file) => `kept ${file} as it was`),
    '',
    'next: say in spec.md what should be built, look at oompa.json, then: oompa lint && oompa tui',
  ].join('\n');
}
