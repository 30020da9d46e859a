// What differs between two commits or trees, as numbers. Renames count as one file gone and one new, so no path is hidden.
import type { ChangedFile } from '../core/event.ts';
import { type Bytes, nameOf } from './bytes.ts';
import { listGit, type Place, runGit } from './run.ts';

export interface Difference {
  path: Bytes;
  oldMode: string;
  newMode: string;
  oldBlob: string;
  newBlob: string;
}

const plain = ['--no-renames', '--no-ext-diff', '--no-textconv'];

/** The files of a change with their lines. */
export async function changedFiles(objects: Place, from: string, to: string): Promise<ChangedFile[]> {
  return readNumstat(await listGit(objects, ['diff-tree', '-r', '-z', '--numstat', ...plain, from, to]));
}

/** The entries that differ, with modes and object names. */
export async function differences(objects: Place, from: string, to: string): Promise<Difference[]> {
  return readRaw(await listGit(objects, ['diff-tree', '-r', '-z', '--raw', '--no-abbrev', ...plain, from, to]));
}

export interface Comparison {
  from: string;
  files: ChangedFile[];
  entries: Difference[];
}

/** Both in one call. */
export async function compare(objects: Place, from: string, to: string): Promise<Comparison> {
  const args = ['diff-tree', '-r', '-z', '--raw', '--no-abbrev', '--numstat', ...plain, from, to];
  return { from, ...readComparison((await runGit(objects, args)).out) };
}

/** What `diff-tree -z --raw --numstat` says: all entries first, the numbers after them. */
export function readComparison(out: Buffer): Omit<Comparison, 'from'> {
  const fields = out.toString('latin1').split('\0');
  const border = fields.findIndex((field, i) => i % 2 === 0 && !field.startsWith(':'));
  return { entries: readRaw(fields.slice(0, border)), files: readNumstat(fields.slice(border)) };
}

/** NUL-separated numstat: `added TAB removed TAB path`, with `-` for binary files. */
export function readNumstat(fields: readonly string[]): ChangedFile[] {
  return fields.flatMap((field) => {
    const [, added, removed, path] = /^(\d+|-)\t(\d+|-)\t(.+)$/s.exec(field) ?? [];
    return path === undefined ? [] : [{ path: nameOf(path), added: lines(added), removed: lines(removed) }];
  });
}

function lines(text: string | undefined): number | null {
  return text === undefined || text === '-' ? null : Number(text);
}

function readRaw(fields: readonly string[]): Difference[] {
  const found: Difference[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [oldMode = '', newMode = '', oldBlob = '', newBlob = ''] = (fields[i] ?? '').slice(1).split(' ');
    found.push({ path: fields[i + 1] ?? '', oldMode, newMode, oldBlob, newBlob });
  }
  return found;
}
