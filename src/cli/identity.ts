// Who calls: a worker's agent, by the environment that its runner gave it, or else the person at the terminal.
import { EffectError, exitCodes, Refusal } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { findRepo, type Paths, pathsOf } from '../disk/paths.ts';

export interface Identity {
  /** Mail address: a worker such as `w0`, `operator`, or what `--as` names. */
  address: string;
  isAgent: boolean;
  /** Of the repository that the swarm runs on, also from inside a worker's worktree. */
  paths: Paths;
}

/**
 * Throws EffectError `denied` when an agent asks to be somebody else, `bad-address` for an address that is no id, and a Refusal outside a
 * repository. An agent that empties its environment passes for the person: identity prevents mistakes, it is no lock.
 */
export function identity(
  { as }: Readonly<Record<string, unknown>> = {},
  environment: NodeJS.ProcessEnv = process.env,
): Identity {
  const { OOMPA_WORKER: worker, OOMPA_ROOT: root } = environment;
  if (worker === undefined || worker === '') {
    // Not by workspace.ts: it reads journals, and making the schemas of their lines takes longer than most of these commands.
    return { address: checked(as === undefined ? 'operator' : String(as)), isAgent: false, paths: open(process.cwd()) };
  }
  if (as !== undefined)
    throw new EffectError({
      code: 'denied',
      message: `${worker.slice(0, 80)} may not speak as ${String(as).slice(0, 80)}`,
      hint: 'leave out --as: a worker speaks for itself',
    });
  return { address: checked(worker), isAgent: true, paths: open(root || process.cwd()) };
}

function open(folder: string): Paths {
  try {
    return pathsOf(findRepo(folder));
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(`there is no folder ${folder}`, { exitCode: exitCodes.noinput, cause: error });
  }
}

function checked(address: string): string {
  if (isId(address)) return address;
  throw new EffectError({
    code: 'bad-address',
    message: `${JSON.stringify(address.slice(0, 80))} is no address`,
    hint: 'an address is lead, operator or a worker such as w0',
  });
}
