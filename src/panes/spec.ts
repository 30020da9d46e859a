// What must be true of a pane before it is opened, and the environment that it starts from. Shared by all backends.
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, resolve } from 'node:path';
import { EffectError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import type { PaneSpec } from './contract.ts';

/** The variable that every process of a pane inherits: `<swarm>/<key>/<pane id>`. It proves that the process is ours. */
export const markName = 'OOMPA_PANE';

/** The value of the mark; without an id it is the prefix that all panes of the key, or of the swarm, share. */
export function mark(swarm: string, key = '', id = ''): string {
  return key ? `${swarm}/${key}/${id}` : `${swarm}/`;
}

/**
 * Refuses a spec that cannot start: EffectError `bad-spec`, `no-cwd`, `spawn-failed`. With `runs: false` (a backend that starts no
 * process) the program need not exist.
 */
export async function checkSpec(spec: PaneSpec, { runs = true } = {}): Promise<void> {
  const [program] = spec.argv;
  if (!isId(spec.key)) throw new EffectError({ code: 'bad-spec', message: `"${spec.key}" cannot name a pane` });
  if (!program) throw new EffectError({ code: 'bad-spec', message: `pane ${spec.key} has no program to run` });
  const words = [...spec.argv, spec.cwd, ...Object.entries(spec.env).flat()];
  if (words.some((word) => word.includes('\0'))) {
    throw new EffectError({ code: 'bad-spec', message: `pane ${spec.key}: arguments and environment cannot hold NUL` });
  }
  const folder = isAbsolute(spec.cwd) ? await stat(spec.cwd).catch(() => null) : null;
  if (!folder?.isDirectory()) {
    throw new EffectError({
      code: 'no-cwd',
      message: `pane ${spec.key} cannot start in ${spec.cwd}: there is no such folder`,
      hint: 'the worktree was removed or its disk is not mounted; make it again',
    });
  }
  if (runs && !(await isProgram(program, spec))) {
    throw new EffectError({
      code: 'spawn-failed',
      message: `pane ${spec.key} cannot start: no program ${program}`,
      hint: 'install it, or correct its path in the configuration',
    });
  }
}

async function isProgram(program: string, spec: PaneSpec): Promise<boolean> {
  const path = spec.env.PATH ?? process.env.PATH ?? '';
  const places = program.includes('/') ? [''] : path.split(delimiter);
  for (const place of places) {
    const file = resolve(spec.cwd, place, program);
    const found = await stat(file).catch(() => null);
    if (found?.isFile() && (await access(file, constants.X_OK).then(yes, no))) return true;
  }
  return false;
}
const yes = () => true;
const no = () => false;

const inherited = /^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|TERMINFO|TERMINFO_DIRS|XDG_\w+)$/;

/** The part of an environment that a pane, and the tmux server, may inherit: who and where, no secrets. */
export function baseEnvironment(from: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(from).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && inherited.test(entry[0]),
    ),
  );
}

// What the terminal itself says about the terminal; a value from outside would be a lie inside the pane.
const ofTerminal = new Set([
  'TERM',
  'TERM_PROGRAM',
  'TERM_PROGRAM_VERSION',
  'COLORTERM',
  'TMUX',
  'TMUX_PANE',
  'COLUMNS',
  'LINES',
  'PWD',
  'OLDPWD',
]);

/** The spec's environment without what belongs to the terminal, plus the mark. */
export function paneEnvironment(spec: PaneSpec, markValue: string): Record<string, string> {
  const own = Object.entries(spec.env).filter(([name]) => !ofTerminal.has(name));
  return { ...Object.fromEntries(own), [markName]: markValue };
}
