// `oompa` as agents call it: a script on their path that starts the program which runs them.
import { join } from 'node:path';
import { makeFolder, writeAtomic } from '../disk/durable.ts';
import type { Paths } from '../disk/paths.ts';

/** The script. */
export const agentProgram = ({ bin }: Pick<Paths, 'bin'>): string => join(bin, 'oompa');

/** Writes the script. `self`: program and first arguments. Idempotent. */
export async function writeAgentBin(paths: Paths, self: readonly string[]): Promise<void> {
  await makeFolder(paths.bin);
  const words = self.map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  await writeAtomic(agentProgram(paths), `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`, { mode: 0o700, sync: false });
}
