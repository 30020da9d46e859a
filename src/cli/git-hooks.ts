// The git hooks of workers' processes: `pre-commit` asks the guard of leases first, then each runs the operator's own of that name.
import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { makeFolder, writeAtomic } from '../disk/durable.ts';
import type { Paths } from '../disk/paths.ts';
import { operatorSettings } from '../git/operator-settings.ts';
import { selfCommand } from './entry.ts';
import { agentExitCodes } from './exits.ts';

const names = [
  ...['applypatch-msg', 'pre-applypatch', 'post-applypatch', 'pre-commit', 'pre-merge-commit', 'prepare-commit-msg'],
  ...['commit-msg', 'post-commit', 'pre-rebase', 'post-checkout', 'post-merge', 'pre-push', 'post-rewrite'],
  ...['pre-auto-gc', 'sendemail-validate', 'push-to-checkout'],
];
/** Asked several times by one git command: only there when the operator has them. */
const frequent = ['reference-transaction', 'post-index-change'];

/** Writes them anew, for the program as it is now. */
export async function writeGitHooks(paths: Pick<Paths, 'gitHooks' | 'gitDir' | 'root'>): Promise<void> {
  const { gitHooks: folder, gitDir, root } = paths;
  const configured = (await operatorSettings(gitDir, ['core.hookspath'])).get('core.hookspath');
  const theirs = configured === undefined ? join(gitDir, 'hooks') : resolve(root, configured);
  const wanted = [...names, ...frequent.filter((name) => existsSync(join(theirs, name)))];
  await makeFolder(folder);
  for (const name of readdirSync(folder)) if (!wanted.includes(name)) await rm(join(folder, name), { force: true });
  const text = script(selfCommand('lease', 'guard'));
  // What a power cut takes, the next start brings back.
  for (const name of wanted) await writeAtomic(join(folder, name), text, { mode: 0o755, sync: false });
}

/**
 * One text for all: its own name says which hook it is. The guard is asked in the worker's own tree only, because agents make repositories for
 * tests; whatever keeps it from answering is said, and keeps nobody from committing.
 */
function script(guard: readonly string[]): string {
  return `#!/bin/sh
# Made by oompa for the processes of its workers; what you change here is lost.
name=\${0##*/} here=\${0%/*}
if [ "$name" = pre-commit ] && [ -n "$OOMPA_WORKER" ] &&
  [ "$(pwd -P)" = "$OOMPA_ROOT/.oompa/worktrees/$OOMPA_WORKER/tree" ]; then
  ${guard.map(quote).join(' ')} </dev/null
  code=$?
  [ $code -eq ${agentExitCodes.denied} ] && exit $code
  [ $code -eq 0 ] || echo "oompa: the guard could not judge this commit (exit code $code); it goes on" >&2
fi
# The operator's own, where git would look without us.
theirs=$(git config --type=path --get-all core.hooksPath </dev/null | grep -vxF -e "$here" | tail -n 1)
[ -n "$theirs" ] || theirs=$(git rev-parse --git-common-dir </dev/null)/hooks
[ -x "$theirs/$name" ] || exit 0
exec "$theirs/$name" "$@"
`;
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\\\''")}'`;
}
