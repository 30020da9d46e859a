// The wrapper that runs a program in a pane and writes how it ended to a file, because tmux 3.3 loses deaths.
import { readdirSync, readFileSync } from 'node:fs';
import { readFile, unlink } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { errnoOf } from '../../core/errors.ts';
import { writeAtomic } from '../../disk/durable.ts';
import type { Pane } from '../contract.ts';

// The program stays in the foreground group of the terminal, so keys and hang-ups reach it directly; the traps only keep the wrapper
// alive until it has written down the end. A file counts when its line is complete.
const script = `# Written by oompa. Usage: sh run.sh FILES CWD PROGRAM [ARGUMENT...]
files=$1 cwd=$2
shift 2
trap : HUP INT QUIT TERM
if [ -n "\${OOMPA_PATH+set}" ]; then PATH=$OOMPA_PATH; export PATH; unset OOMPA_PATH; fi
code=126
if cd -- "$cwd"; then
  /bin/sh -c 'echo "$$" > "$0.pid"; exec "$@"' "$files" "$@"
  code=$?
fi
echo "$code" > "$files.exit"
exit "$code"
`;

/** tmux gives PATH a value of its own after the environment of the pane is set; the wrapper puts the right one back. */
export const pathVariable = 'OOMPA_PATH';

/** The command of a pane: writes the wrapper if it is not there. */
export async function wrap(folder: string, id: string, cwd: string, argv: readonly string[]): Promise<string[]> {
  const file = join(folder, 'run.sh');
  if ((await readFile(file, 'utf8').catch(() => null)) !== script) await writeAtomic(file, script, { sync: false });
  return ['/bin/sh', file, join(folder, id), cwd, ...argv];
}

/** What the wrappers of a folder have written, read with one look at the folder; pids are remembered. */
export type Records = ReturnType<typeof createRecords>;

export function createRecords(folder: string) {
  const pids = new Map<string, number>();
  let names = new Set<string>();
  const line = (name: string) => {
    if (!names.has(name)) return null;
    const text = readIfThere(join(folder, name));
    return text?.endsWith('\n') ? Number.parseInt(text, 10) : null;
  };
  return {
    look(): void {
      try {
        names = new Set(readdirSync(folder));
      } catch (error) {
        if (errnoOf(error) !== 'ENOENT') throw error;
        names = new Set();
      }
    },
    pid(id: string): number | null {
      const pid = pids.get(id) ?? line(`${id}.pid`);
      if (pid !== null) pids.set(id, pid);
      return pid;
    },
    exit(id: string): Pane['exit'] {
      const code = line(`${id}.exit`);
      return code === null ? null : endOf(code);
    },
    async forget(isGone: (id: string) => boolean): Promise<void> {
      this.look();
      for (const name of names) {
        const id = /^([0-9a-f]+)\.(?:pid|exit)$/.exec(name)?.[1];
        if (id && isGone(id)) await unlink(join(folder, name)).catch(() => {});
      }
      for (const id of pids.keys()) if (isGone(id)) pids.delete(id);
    },
  };
}

/** A shell says 128 + n for a program that signal n ended; a program that exits so itself means the same. */
function endOf(code: number): Pane['exit'] {
  const signal = code > 128 ? signals.get(code - 128) : undefined;
  return signal ? { code: null, signal } : { code, signal: null };
}
const signals = new Map(Object.entries(constants.signals).map(([name, number]) => [number as number, name]));

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
