// Reads refs from their files, which costs no process; what the files do not tell is asked of git.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { askGit, type Place } from './run.ts';

const sha = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/** What a HEAD or ref file says: the ref it points to, or a commit. */
export type Pointer = { ref: string } | { commit: string };

/** The commit of a ref such as `refs/heads/main`, or null when there is none. */
export async function readRef(gitDir: string, ref: string): Promise<string | null> {
  if (existsSync(join(gitDir, 'reftable'))) return await askRef(gitDir, ref);
  // git packs a ref first and removes its file then: in this order none is missed.
  let name = ref;
  for (let depth = 0; depth < 5; depth += 1) {
    if (!isSafeRef(name)) return null;
    const pointer = readPointer(join(gitDir, name));
    if (!pointer) return packed(gitDir, name);
    if ('commit' in pointer) return pointer.commit;
    name = pointer.ref;
  }
  return null;
}

/** Where a HEAD points, or null when it cannot be read. */
export function readPointer(file: string): Pointer | null {
  const text = readText(file)?.trim() ?? '';
  const ref = /^ref: *(\S.*)$/.exec(text)?.[1];
  if (ref) return { ref };
  return sha.test(text) ? { commit: text } : null;
}

/** The commit that the HEAD of a git dir stands for; null for a branch without commits. `common` holds the refs. */
export async function headOf(gitDir: string, common: string): Promise<string | null> {
  const pointer = readPointer(join(gitDir, 'HEAD'));
  if (!pointer) return null;
  return 'commit' in pointer ? pointer.commit : await readRef(common, pointer.ref);
}

/** A small text file, or null when it is not there. */
export function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function isSafeRef(ref: string): boolean {
  return /^refs\/[^\0-\x20\x7f~^:?*[\\]+$/.test(ref) && !ref.split('/').some((part) => part === '..' || part === '.');
}

function packed(gitDir: string, ref: string): string | null {
  const text = readText(join(gitDir, 'packed-refs'));
  if (!text) return null;
  const at = text.indexOf(` ${ref}\n`);
  return at < 0 ? null : (/[0-9a-f]{40,64}$/.exec(text.slice(Math.max(0, at - 64), at))?.[0] ?? null);
}

async function askRef(gitDir: string, ref: string): Promise<string | null> {
  const place: Place = { cwd: gitDir, env: { GIT_DIR: gitDir } };
  return (await askGit(place, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`], { ok: [0, 1] })) || null;
}
