// How a worker's harness is started, whichever way it is driven: what it is told, and the files that it wants to find.
import { lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { accountIn } from '../core/lanes.ts';
import { turnTag } from '../core/turn.ts';
import { explain } from '../disk/durable.ts';
import type { Harness, Invocation, TurnRequest } from '../harnesses/contract.ts';
import { harnessOf } from '../harnesses/registry.ts';
import { agentProgram } from './agent-bin.ts';
import type { TurnRun } from './drive.ts';
import { harnessEnvironment } from './environment.ts';
import { withGuardHooks } from './guard-hooks.ts';

export interface WorkerLaunch {
  harness: Harness;
  /** The value of OOMPA_TURN: what of its processes escapes their group is found by it. */
  tag: string;
  request: TurnRequest;
}

/** Throws a Refusal for a model string that cannot be used. */
export function launchOf({ turn, paths, environment: from }: TurnRun): WorkerLaunch {
  const { worker, swarm, cwd, prompt, conversation, readOnly, alias, model: asked } = turn;
  const { harness, env, ...launch } = harnessOf(asked, alias ? { [accountIn(asked)]: alias } : {});
  const tag = turnTag(turn);
  const tags = { OOMPA_SWARM: swarm, OOMPA_WORKER: worker, OOMPA_TURN: tag, OOMPA_ROOT: paths.root };
  const given = harnessEnvironment(from, { cwd, passes: harness.passes, added: env, tags, bin: paths.bin });
  const environment = withGuardHooks(given, paths);
  const mcp = harness.can.mcp ? { name: 'oompa', command: agentProgram(paths), args: ['mcp'], env: tags } : null;
  const folder = paths.harness(worker);
  return {
    harness,
    tag,
    request: { ...launch, root: paths.root, cwd, prompt, conversation, readOnly, mcp, folder, environment },
  };
}

/** Puts files and links of a harness into its folder. Throws EffectError `enospc` and the like. */
export function writeLaunchFiles(
  folder: string,
  { files = {}, links = {} }: Pick<Invocation, 'files' | 'links'>,
): void {
  try {
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(madeFor(join(folder, name)), text, { mode: 0o600 });
    }
    for (const [name, target] of Object.entries(links)) {
      const file = madeFor(join(folder, name));
      if (!lstatSync(file, { throwIfNoEntry: false })) symlinkSync(target, file);
    }
  } catch (error) {
    throw explain(error, `cannot write to ${folder}`);
  }
}

function madeFor(file: string): string {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  return file;
}
