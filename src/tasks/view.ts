// A worker's own view of the board, beside its worktree: what it moves from `pending` into its `current` is its claim. A planner's: copy.ts.
import { lstatSync, readdirSync, readlinkSync, rmdirSync, unlinkSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { EffectError, errnoOf } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { renameChecked } from '../disk/durable.ts';
import { isTaskFile, stemOf } from './codec.ts';
import { columns, readTask } from './columns.ts';
import { dropCopy, givenIn } from './copy.ts';

/**
 * Makes the view in `folder`: `pending` links to the shared column, `current` and `complete` are real folders. Idempotent; mends a link
 * that points elsewhere. Throws EffectError `view-in-the-way` when files lie where the link belongs.
 */
export async function prepareView(folder: string, pending: string): Promise<void> {
  for (const own of ['current', 'complete']) await mkdir(join(folder, own), { recursive: true });
  const link = join(folder, 'pending');
  const target = relative(folder, pending);
  if (pointsTo(link, target)) return;
  removeEmptyFolder(link);
  const fresh = join(folder, `.pending-${process.pid}`);
  await symlink(target, fresh).catch((error) => {
    if (errnoOf(error) !== 'EEXIST') throw error;
  });
  await renameChecked(fresh, link, { sync: false });
}

/** Removes the view in `folder`, and the folder above when nothing else is in it. What is not ours keeps its place. */
export function removeView(folder: string): void {
  if (lstatSync(join(folder, 'pending'), { throwIfNoEntry: false })?.isSymbolicLink())
    unlinkSync(join(folder, 'pending'));
  dropCopy(folder);
  for (const path of [...columns.map((own) => join(folder, own)), folder, dirname(folder)]) {
    try {
      rmdirSync(path);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'ENOTEMPTY') throw error;
    }
  }
}

/** Task files in the view's own folders, without copies. The id is a label: of a file that is no task, the file name made fit. */
export function scanView(folder: string): { id: string; file: string; path: string }[] {
  const given = givenIn(folder);
  return columns.flatMap((own) =>
    namesIn(join(folder, own)).flatMap((file) => {
      if (given.has(`${own}/${file}`)) return [];
      const path = join(folder, own, file);
      const stats = lstatSync(path, { throwIfNoEntry: false });
      const content = stats?.isFile() ? readTask(path, file, stats) : null;
      return content ? [{ id: content.task?.id ?? labelOf(file), file, path }] : [];
    }),
  );
}

function pointsTo(link: string, target: string): boolean {
  try {
    return readlinkSync(link) === target;
  } catch {
    return false;
  }
}

function removeEmptyFolder(path: string): void {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  try {
    rmdirSync(path);
  } catch (error) {
    throw new EffectError({
      code: 'view-in-the-way',
      message: `${path} should be a link to the shared tasks, but files lie there`,
      hint: 'move them to tasks/pending of the repository, or away',
      cause: error,
    });
  }
}

/** Task files of a folder; a link to one has none of its own. */
function namesIn(folder: string): string[] {
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  try {
    return readdirSync(folder).filter(isTaskFile).sort();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}

function labelOf(file: string): string {
  const label = stemOf(file)
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, 60);
  return isId(label) ? label : 'unnamed';
}
