// Gives the processes of a harness our git hooks, which run the operator's own after them. Nothing of the operator's is changed for it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Paths } from '../disk/paths.ts';

/** The environment with one git setting more, behind those that are there. As it is where there are no hooks of ours. */
export function withGuardHooks(
  env: Readonly<Record<string, string>>,
  { gitHooks }: Pick<Paths, 'gitHooks'>,
): Record<string, string> {
  if (!existsSync(join(gitHooks, 'pre-commit'))) return { ...env };
  const before = Number(env.GIT_CONFIG_COUNT ?? 0) || 0;
  return {
    ...env,
    GIT_CONFIG_COUNT: String(before + 1),
    [`GIT_CONFIG_KEY_${before}`]: 'core.hooksPath',
    [`GIT_CONFIG_VALUE_${before}`]: gitHooks,
  };
}
