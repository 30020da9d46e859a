// Keeps our private folders out of the operator's `git status`, without touching a file of theirs.
import { mkdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf } from '../core/errors.ts';
import { writeAtomic } from './durable.ts';
import type { Paths } from './paths.ts';

const patterns = ['/.oompa/', '/runs/'];

/** Adds our folders to .git/info/exclude, once; what is there stays. */
export async function excludeFromGit({ exclude }: Pick<Paths, 'exclude'>): Promise<void> {
  await mkdir(dirname(exclude), { recursive: true });
  // Some people link this file to one of their own: the link stays too.
  const file = await realpath(exclude).catch(orMissing(exclude));
  const text = await readFile(file, 'utf8').catch(orMissing(''));
  const lines = text.split('\n').map((line) => line.trim());
  const missing = patterns.filter((pattern) => !lines.includes(pattern));
  if (missing.length === 0) return;
  const mode = await stat(file).then((found) => found.mode & 0o777, orMissing(0o644));
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  await writeAtomic(file, `${before}${missing.join('\n')}\n`, { mode });
}

function orMissing<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (errnoOf(error) === 'ENOENT') return value;
    throw error;
  };
}
