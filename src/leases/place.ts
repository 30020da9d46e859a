// Patterns as they are kept: normalised, through linked folders to where git sees the files, and folders with what is in them.
import { lstatSync, realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { EffectError } from '../core/errors.ts';
import { normalise } from '../core/globs.ts';

/** Each pattern once. `repository` is an absolute, real path. Throws EffectError `bad-path`. */
export function placed(patterns: readonly string[], repository: string, fold: boolean): string[] {
  return [...new Set(patterns.map((pattern) => place(normalise(pattern, { fold }), repository, fold)))];
}

function place(pattern: string, repository: string, fold: boolean): string {
  const names = pattern.split('/');
  for (let known = 1; known <= names.length; known += 1) {
    if (/[*?]/.test(names[known - 1] ?? '')) break;
    const path = join(repository, ...names.slice(0, known));
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (!stat) break;
    const isLast = known === names.length;
    if (isLast && stat.isDirectory()) return `${pattern}/**`;
    if (isLast || !stat.isSymbolicLink()) continue;
    const target = relative(repository, realOrSame(path));
    if (target.split(sep)[0] === '..')
      throw new EffectError({
        code: 'bad-path',
        message: `${JSON.stringify(pattern.slice(0, 80))} leads through a link out of the repository`,
      });
    const behind = normalise([...target.split(sep), ...names.slice(known)].join('/'), { fold });
    // A link to itself leads nowhere.
    return behind === pattern ? pattern : place(behind, repository, fold);
  }
  return pattern;
}

function realOrSame(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
