// Takes back what a landing that was cut short had already written into the operator's files: only what is provably its own.
import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { rmdir, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Bytes, nulList, pathIn } from './bytes.ts';
import { type Difference, differences } from './changed-files.ts';
import type { Context } from './context.ts';
import type { Landing } from './landing.ts';
import { runGit } from './run.ts';

/** Each file of the change that holds (the beginning of) its new content, or is missing, becomes again what the index says. */
export async function undoFiles(context: Context, { seat, base, commit }: Landing): Promise<void> {
  if (!seat) return;
  const { vault } = context;
  const changes = await differences(vault.objects, base, commit);
  const back: Bytes[] = [];
  for (const change of changes) {
    const now = readNow(pathIn(seat.tree, change.path));
    if (now === 'other' || !(await isOurs(context, change, now))) continue;
    if (change.oldMode === absent) {
      if (now) await removeFile(seat.tree, change.path);
    } else back.push(change.path);
  }
  if (back.length === 0) return;
  const place = vault.files(seat.tree, `${seat.gitDir}/index`, seat.gitDir);
  await runGit(place, ['checkout-index', '--force', '-z', '--stdin'], { input: nulList(back) });
}

const absent = '000000';

/** Content of a file, or of a link; null when nothing is there; `other` for folders and devices. */
function readNow(file: Buffer): Buffer | null | 'other' {
  try {
    const stat = lstatSync(file);
    if (stat.isSymbolicLink()) return readlinkSync(file, { encoding: 'buffer' });
    return stat.isFile() ? readFileSync(file) : 'other';
  } catch {
    return null;
  }
}

async function isOurs(
  { vault }: Context,
  { oldBlob, newBlob, newMode }: Difference,
  now: Buffer | null,
): Promise<boolean> {
  if (now === null) return true;
  if (newMode === absent || newMode === '160000') return false;
  const wanted = (await runGit(vault.objects, ['cat-file', 'blob', newBlob])).out;
  if (newBlob === oldBlob) return wanted.equals(now);
  if (!wanted.subarray(0, now.length).equals(now)) return false;
  // An empty or unchanged file is the old one as long as the old one was that.
  return /^0+$/.test(oldBlob) || !(await runGit(vault.objects, ['cat-file', 'blob', oldBlob])).out.equals(now);
}

// With the folders that it was alone in.
async function removeFile(tree: string, path: Bytes): Promise<void> {
  await unlink(pathIn(tree, path));
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    if (
      !(await rmdir(pathIn(tree, folder)).then(
        () => true,
        () => false,
      ))
    )
      return;
  }
}
