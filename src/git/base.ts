// Which branch changes are merged into, and where it stands.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { clean } from '../core/clean.ts';
import { exitCodes, Refusal } from '../core/errors.ts';
import type { Repo } from '../disk/paths.ts';
import { operatorSettings } from './operator-settings.ts';
import { readPointer, readRef } from './refs.ts';
import { askGit } from './run.ts';

/**
 * The configured branch; else the one that origin calls its default, if it exists here; else `init.defaultBranch`, main, master or
 * trunk, whichever exists first; else the current one. Throws a Refusal when there is none, or the configured one is unknown.
 */
export async function detectBase(repo: Repo, configured?: string): Promise<{ branch: string; sha: string }> {
  if (configured !== undefined) return (await at(repo, configured)) ?? (await refuseUnknown(repo, configured));
  const head = readPointer(join(repo.gitDir, 'HEAD'));
  const current = head && 'ref' in head ? shortOf(head.ref) : null;
  const found = (await originDefault(repo)) ?? (await conventional(repo)) ?? (current ? await at(repo, current) : null);
  if (found) return found;
  if (current && (await branches(repo)).length === 0) {
    throw new Refusal('the repository has no commits yet', {
      hint: 'make a first one: git commit --allow-empty -m start',
      exitCode: exitCodes.noinput,
    });
  }
  throw new Refusal('cannot tell which branch the work should be merged into', {
    hint: `name it in oompa.json: "base": "${(await branches(repo))[0] ?? 'main'}"`,
  });
}

/** The commit of a branch, without a process where its ref is a file. Throws a Refusal when the branch is gone. */
export async function baseSha(repo: Repo, branch: string): Promise<string> {
  const sha = await readRef(repo.gitDir, `refs/heads/${branch}`);
  if (sha) return sha;
  throw new Refusal(`the base branch ${clean(branch)} is gone`, {
    hint: `bring it back (git branch ${clean(branch)} <commit>; git reflog knows the commit), or name another one in oompa.json`,
  });
}

async function at({ gitDir }: Repo, branch: string): Promise<{ branch: string; sha: string } | null> {
  const sha = await readRef(gitDir, `refs/heads/${branch}`);
  return sha ? { branch, sha } : null;
}

async function originDefault(repo: Repo) {
  const pointer = readPointer(join(repo.gitDir, 'refs', 'remotes', 'origin', 'HEAD'));
  const prefix = 'refs/remotes/origin/';
  return pointer && 'ref' in pointer && pointer.ref.startsWith(prefix)
    ? await at(repo, pointer.ref.slice(prefix.length))
    : null;
}

async function conventional(repo: Repo) {
  const asked = (await operatorSettings(repo.gitDir, ['init.defaultbranch'])).get('init.defaultbranch');
  for (const name of [asked, 'main', 'master', 'trunk']) {
    const found = name ? await at(repo, name) : null;
    if (found) return found;
  }
  return null;
}

function shortOf(ref: string): string | null {
  return ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : null;
}

async function branches({ gitDir }: Repo): Promise<string[]> {
  if (!existsSync(gitDir)) return [];
  const place = { cwd: gitDir, env: { GIT_DIR: gitDir } };
  const list = await askGit(place, [
    'for-each-ref',
    '--format=%(refname:short)',
    '--sort=-committerdate',
    'refs/heads/',
  ]);
  return list.split('\n').filter((name) => name !== '' && !name.startsWith('oompa/'));
}

async function refuseUnknown(repo: Repo, configured: string): Promise<never> {
  const near = nearest(configured, await branches(repo));
  throw new Refusal(`the base branch "${clean(configured)}" does not exist`, {
    hint:
      near.length > 0
        ? `did you mean ${near.map((name) => clean(name)).join(', ')}?`
        : 'make it first: git branch <name>',
  });
}

/** The names that share most pairs of letters with `text`, at most three; without any likeness, the latest ones. */
function nearest(text: string, names: readonly string[]): string[] {
  const pairs = pairsOf(text);
  const likeness = (name: string) =>
    [...pairsOf(name)].filter((pair) => pairs.has(pair)).length / (name.length + text.length);
  return [...names].sort((a, b) => likeness(b) - likeness(a)).slice(0, 3);
}

function pairsOf(text: string): Set<string> {
  const padded = ` ${text.toLowerCase()} `;
  return new Set(Array.from({ length: padded.length - 1 }, (_, i) => padded.slice(i, i + 2)));
}
