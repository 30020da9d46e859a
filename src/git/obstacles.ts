// What of the operator's own lies where a change would write. Asked before anything is touched, and never cleared away.
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { type Bytes, pathIn } from './bytes.ts';
import type { Difference } from './changed-files.ts';
import { linkMode } from './links.ts';
import { listGit, type Place } from './run.ts';

/** Files that git does not track, ignored ones included, at places where the change puts files of its own. */
export function untrackedInTheWay(tree: string, changes: readonly Difference[]): Bytes[] {
  const leaving = new Set(changes.filter(({ oldMode }) => oldMode !== absent).map(({ path }) => path));
  const found = new Set<Bytes>();
  for (const { path } of changes.filter(({ oldMode, newMode }) => oldMode === absent && newMode !== absent)) {
    for (const above of parents(path)) {
      if (kindOf(tree, above) === 'file' && !leaving.has(above)) found.add(above);
    }
    const there = kindOf(tree, path);
    if (there === 'file') found.add(path);
    if (there === 'folder') for (const inside of filesIn(tree, path)) if (!leaving.has(inside)) found.add(inside);
  }
  return [...found].sort();
}

/**
 * Files of the change whose content on disk is not the one of the commit the checkout stands on, by their bytes alone: a first look
 * that costs no process. What a filter made different is a suspect too.
 */
export function suspects(tree: string, changes: readonly Difference[]): Bytes[] {
  return changes
    .filter(({ oldMode }) => oldMode !== absent && oldMode !== linkMode)
    .filter(({ path, oldMode, oldBlob }) => !holds(pathIn(tree, path), oldMode, oldBlob))
    .map(({ path }) => path);
}

/** Files of the change that git calls changed, in the index of `place` or on disk. */
export async function dirtyFiles(place: Place, base: string, changes: readonly Difference[]): Promise<Bytes[]> {
  const touched = new Set(changes.flatMap(({ path }) => [path, ...parents(path)]));
  const flags = ['-z', '--name-only', '--no-renames', '--ignore-submodules=all'];
  const dirty = [
    ...(await listGit(place, ['diff-files', ...flags])),
    ...(await listGit(place, ['diff-index', '--cached', ...flags, base])),
  ];
  return [
    ...new Set(dirty.filter((path) => touched.has(path) || parents(path).some((each) => touched.has(each)))),
  ].sort();
}

function holds(file: Buffer, mode: string, blob: string): boolean {
  try {
    const stat = lstatSync(file);
    const link = mode === '120000';
    if (link !== stat.isSymbolicLink() || (!link && !stat.isFile())) return false;
    if (!link && (stat.mode & 0o100) !== (mode === '100755' ? 0o100 : 0)) return false;
    const content = link ? readlinkSync(file, { encoding: 'buffer' }) : readFileSync(file);
    const hash = createHash(blob.length === 64 ? 'sha256' : 'sha1');
    return hash.update(`blob ${content.length}\0`).update(content).digest('hex') === blob;
  } catch {
    return false;
  }
}

const absent = '000000';

function parents(path: Bytes): Bytes[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('/'));
}

function kindOf(tree: string, path: Bytes): 'file' | 'folder' | null {
  try {
    return lstatSync(pathIn(tree, path)).isDirectory() ? 'folder' : 'file';
  } catch {
    // ENOENT; or ENOTDIR, when a parent is a file and was found already.
    return null;
  }
}

function filesIn(tree: string, folder: Bytes): Bytes[] {
  return readdirSync(pathIn(tree, folder), { encoding: 'latin1' as 'utf8' }).flatMap((name) => {
    const path = `${folder}/${name}`;
    return kindOf(tree, path) === 'folder' ? filesIn(tree, path) : [path];
  });
}
