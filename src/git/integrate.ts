// Merges a change onto the base without touching anybody's files, and checks exactly the tree that would land.
import type { Check } from '../core/config.ts';
import type { ConflictSide } from '../core/event.ts';
import { type Bytes, nameOf } from './bytes.ts';
import type { CheckRunner } from './checks.ts';
import type { Context } from './context.ts';
import type { IntegrateResult } from './contract.ts';
import { mergeTree } from './merge-tree.ts';
import { makeCommit } from './record.ts';
import { askGit, runGit } from './run.ts';

export interface IntegrateRequest {
  head: string;
  base: string;
  message: string;
  at: string;
  checks: readonly Check[];
  checkTimeoutMs: number;
}

/** The same request makes the same commit, whenever and however often it is asked. */
export async function integrate(
  context: Context,
  checks: CheckRunner,
  request: IntegrateRequest,
): Promise<IntegrateResult> {
  const { head, base, message, at } = request;
  const { vault, ancestry } = context;
  const { tree, files: conflicted } = await mergeTree(vault.objects, base, head);
  if (conflicted.length > 0) {
    // A file that met a folder of its name is given a made-up one, `name~commit`.
    const files = [...new Set(conflicted.map((file) => file.replace(/~[0-9a-f]{40,64}$/, '')))].sort();
    return { kind: 'conflicted', base, files: files.map(nameOf), with: await otherSides(context, base, head, files) };
  }
  // A change that the base has already lands as the base itself.
  const there = tree === (await context.trees.of(base)) && (await ancestry.isAncestor(head, base));
  const commit = there ? base : await makeCommit(context, { tree, parents: [base, head], message, author: null, at });
  return {
    kind: 'merged',
    base,
    commit,
    tree,
    checks: await checks.check(tree, request.checks, request.checkTimeoutMs),
  };
}

// Enough to see who was there; a file that hundreds of commits touched needs no list of them.
const sidesPerFile = 3;

/**
 * The latest commits of the base since the merge-base that touched `files`: what landed (with the trailers of its merge), or what
 * the operator committed.
 */
async function otherSides(
  { vault, ancestry }: Context,
  base: string,
  head: string,
  files: readonly Bytes[],
): Promise<ConflictSide[]> {
  const start = await ancestry.mergeBase(base, head);
  const range = start ? `${start}..${base}` : base;
  const touched = new Map<Bytes, number>(files.map((file) => [file, 0]));
  const sides: ConflictSide[] = [];
  for (const { commit, paths } of await landed(vault.objects, range)) {
    const hits = paths.filter((path) => (touched.get(path) ?? sidesPerFile) < sidesPerFile);
    for (const path of hits) touched.set(path, (touched.get(path) ?? 0) + 1);
    if (hits.length > 0) sides.push(await describe(vault.objects, commit));
  }
  return sides;
}

/** Commits of the first-parent line, newest first, each with the files it changed there. */
async function landed(
  objects: Context['vault']['objects'],
  range: string,
): Promise<{ commit: string; paths: Bytes[] }[]> {
  const { out } = await runGit(objects, [
    ...['log', '-z', '--first-parent', '-m', '--name-only', '--no-renames', '--max-count=1000'],
    ...['--format=%x01%H', range, '--'],
  ]);
  return out
    .toString('latin1')
    .split('\x01')
    .slice(1)
    .map((part) => {
      const [commit = '', ...paths] = part.split('\0');
      return { commit: commit.trim(), paths: paths.map((path) => path.replace(/^\n/, '')).filter(Boolean) };
    });
}

async function describe(objects: Context['vault']['objects'], commit: string): Promise<ConflictSide> {
  const trailers = ['Oompa-Worker', 'Oompa-Task'].map((key) => `%(trailers:key=${key},valueonly,separator=%x0a)`);
  const text = await askGit(objects, ['show', '-s', `--format=%s%x00${trailers.join('%x00')}`, commit]);
  const [subject = '', workers = '', tasks = ''] = text.split('\0');
  const worker = workers.trim().split('\n')[0];
  return { commit, subject, worker: worker || null, tasks: tasks.trim().split('\n').filter(Boolean) };
}
