// `oompa lease guard`: what the commit hook of a worker asks. Writes nothing, and has no opinion on what a person commits.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { clean } from '../../../core/clean.ts';
import { exitCodes } from '../../../core/errors.ts';
import type { Escape } from '../../../leases/contract.ts';
import { agentExitCodes } from '../../exits.ts';
import { identity } from '../../identity.ts';
import { openLeases } from '../../leases.ts';
import { table } from '../../table.ts';
import type { Invocation } from '../index.ts';
import { pathsIn } from './said.ts';

/** Lines of files that are shown. */
const mostShown = 20;

export async function run({ args, options }: Invocation): Promise<number> {
  const { paths, address, isAgent } = identity(options);
  const leases = openLeases(paths);
  const named = pathsIn(args);
  const isJudged = isAgent || options.as !== undefined;
  const found = isJudged ? leases.escapes(named.length > 0 ? named : await staged('HEAD'), address) : [];
  const escapes = found.length > 0 && named.length === 0 ? await ownWork(found) : found;
  if (options.json) console.log(JSON.stringify({ ok: escapes.length === 0, escapes }, null, 2));
  else if (escapes.length > 0) console.error(wordsOf(escapes));
  return escapes.length > 0 ? agentExitCodes.denied : exitCodes.ok;
}

/** When a merge is committed, what comes from the other side is not this worker's doing. */
async function ownWork(escapes: Escape[]): Promise<Escape[]> {
  const differing = await staged('MERGE_HEAD').catch(() => null);
  return differing ? escapes.filter(({ path }) => differing.includes(path)) : escapes;
}

/** Names that the commit would change, both sides of a rename. Where there is no commit yet, all that is staged. */
async function staged(than: string): Promise<string[]> {
  const diff = ['diff', '--cached', '--name-only', '-z', '--no-renames', '--no-ext-diff', '--no-relative'];
  const against = than === 'HEAD' ? [] : [than];
  const { stdout } = await promisify(execFile)('git', [...diff, ...against, '--'], { maxBuffer: 64 * 1024 * 1024 });
  return stdout.split('\0').filter(Boolean);
}

function wordsOf(escapes: readonly Escape[]): string {
  const rows = escapes.slice(0, mostShown).map(({ path, by, task }) => {
    const why = by === null ? 'outside the files of your task' : `held by ${by}${task ? ` for ${task}` : ''}`;
    return [`  ${clean(path)}`, why];
  });
  const more = escapes.length - rows.length;
  const holders = [...new Set(escapes.flatMap(({ by }) => by ?? []))];
  return [
    `SCOPE_ESCAPE: ${escapes.length} of these files ${escapes.length === 1 ? 'is' : 'are'} not yours to change`,
    table(['', ''], rows).trim().replace(/^/, '  '),
    ...(more > 0 ? [`  … and ${more} more`] : []),
    'What you can do:',
    '  - leave them out: git restore --staged <file>, and hand in without',
    '  - if your task needs them: oompa lease acquire <file>',
    `  - ask ${[...holders, 'lead'].join(' or ')}: oompa mail send`,
  ].join('\n');
}
