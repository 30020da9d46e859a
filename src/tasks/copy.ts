// A planner's copy of the board, beside its worktree: it reads there what exists, and of what it leaves there only new task files are taken.
import { hash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, type Stats, unlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import * as z from 'zod';
import { clean } from '../core/clean.ts';
import { errnoOf } from '../core/errors.ts';
import { type MoveOptions, moveExclusive, renameChecked, sweepHalfWritten, writeAtomic } from '../disk/durable.ts';
import { isTaskFile } from './codec.ts';
import { columns, type Placed, readTask, readText } from './columns.ts';
import type { Collected } from './contract.ts';

/** A file by its name below the view. */
const File = z.string().regex(/^(?:pending|current|complete)\/[^/]+$/);

/** What is known of a copy. It lies in it as `.given.json`, written before what follows from it is done. */
const Given = z.object({
  /** The turn that it was made for. */
  turn: z.string(),
  /** File → digest of what was put there; null until all of it is there. */
  files: z.record(File, z.string()).nullable(),
  /** What the turn left there, once that was judged. `add`: new tasks, to be put on the board. */
  verdict: z
    .object({
      add: z.array(z.object({ file: File, id: z.string() })),
      refused: z.array(z.object({ file: File, why: z.string() })),
      discarded: z.array(File),
    })
    .nullable(),
});
type Given = z.infer<typeof Given>;
type Verdict = NonNullable<Given['verdict']>;

export interface CopyParts extends Required<MoveOptions> {
  /** `<root>/tasks`. */
  folder: string;
  list(): Promise<Placed[]>;
  /** Every file of an id, or of a name, on the shared board. */
  locate(id: string): Promise<Placed[]>;
  named(file: string): Placed[];
}

/** Makes `giveCopy` and `collect` of the board. */
export function createCopies({ folder, sync, list, locate, named }: CopyParts): {
  give(view: string, turn: string): Promise<void>;
  collect(view: string): Promise<Collected>;
} {
  const write = (view: string, given: Given) =>
    writeAtomic(join(view, recordName), `${JSON.stringify(given)}\n`, { sync });

  const refusalOf = async (id: string, file: string): Promise<string | null> => {
    const [found] = [...(await locate(id)), ...named(file)];
    return found ? `${nameOf(found)} has ${found.task?.id === id ? `the id ${id}` : 'that name'} already` : null;
  };
  const judge = async (view: string, given: Record<string, string>): Promise<Verdict> => {
    const seen = filesIn(view);
    const digests = new Set(Object.values(given));
    const names = new Set(seen.map(({ file }) => file));
    const verdict: Verdict = { add: [], refused: [], discarded: Object.keys(given).filter((file) => !names.has(file)) };
    for (const [index, { file, path, stats }] of seen.entries()) {
      if (index % 200 === 199) await breathe();
      const digest = digestAt(path, stats);
      const was = given[file];
      if (was !== undefined && was === digest) continue;
      // Changed where it lay, or moved from where it lay.
      if (was !== undefined || (digest !== null && digests.has(digest))) {
        verdict.discarded.push(file);
        continue;
      }
      const content = readTask(path, basename(file), stats);
      if (!content) continue;
      const id = content.task?.id ?? '';
      const twin = verdict.add.find((each) => each.id === id || basename(each.file) === basename(file));
      const why =
        content.reason ??
        (twin ? `${twin.file} has the same ${twin.id === id ? 'id' : 'name'}` : await refusalOf(id, basename(file)));
      if (why === null) verdict.add.push({ file, id });
      else verdict.refused.push({ file, why });
    }
    return verdict;
  };
  /** Puts one on the board; why not, when somebody took its name since it was judged. */
  const add = async (view: string, { file, id }: Verdict['add'][number]): Promise<Placed | string | null> => {
    const path = join(view, file);
    const inode = lstatSync(path, { throwIfNoEntry: false })?.ino;
    const moved = await moveExclusive(path, join(folder, 'pending', basename(file)), { sync });
    const found = await locate(id);
    if (moved !== 'taken') return found.at(-1) ?? null;
    const twin = found.find((each) => each.inode === inode);
    if (!twin) return 'another file has that name now';
    // An earlier try was cut short between its two names.
    unlinkSync(path);
    return twin;
  };

  const collect = async (view: string): Promise<Collected> => {
    const collected: Collected = { added: [], refused: [], discarded: [] };
    const given = recordOf(view);
    if (!isFolder(view) || (given && !given.files)) return collected;
    const files = given?.files ?? {};
    const verdict = given?.verdict ?? (await judge(view, files));
    if (!given?.verdict) await write(view, { turn: given?.turn ?? '', files, verdict });
    const { refused, discarded } = verdict;
    for (const each of verdict.add) {
      const added = await add(view, each);
      if (typeof added === 'string') refused.push({ file: each.file, why: added });
      else if (added?.task) collected.added.push({ ...added.task, file: added.file, column: added.column });
    }
    // Nothing that was written is destroyed.
    for (const file of [...refused.map((each) => each.file), ...discarded])
      if (isOwn(view, file)) await renameChecked(join(view, file), `${join(view, file)}.refused`, { sync: false });
    for (const [index, file] of Object.keys(files).entries()) {
      if (index % 200 === 199) await breathe();
      removeFile(view, file);
    }
    return { ...collected, refused, discarded: discarded.sort() };
  };

  return {
    collect,
    async give(view, turn) {
      const before = recordOf(view);
      // The turn may be at work in it.
      if (before?.turn === turn && before.files) return;
      if (before && !before.files) for (const { file } of filesIn(view)) removeFile(view, file);
      // What a turn left that never came to its end; or a view of the time when there were no copies.
      else await collect(view);
      for (const own of ['', ...columns]) makeOwnFolder(join(view, own));
      sweepHalfWritten(view);
      await write(view, { turn, files: null, verdict: null });
      const files: Record<string, string> = {};
      for (const [index, each] of (await list()).entries()) {
        if (index % 200 === 199) await breathe();
        const text = textAt(each.path);
        if (text === null) continue;
        const file = `${each.column}/${each.file}`;
        if (putNew(join(view, file), text)) files[file] = digestOf(text);
      }
      await write(view, { turn, files, verdict: null });
    },
  };
}

/** Whether a view is a copy, and then which of its files were put there. */
export function givenIn(view: string): ReadonlySet<string> {
  return new Set(Object.keys(recordOf(view)?.files ?? {}));
}

/** Removes what is left of a copy. What the planner wrote or changed keeps its place. */
export function dropCopy(view: string): void {
  const given = recordOf(view);
  if (!given) return;
  for (const { file, path, stats } of filesIn(view))
    if (!given.files || digestAt(path, stats) === given.files[file]) removeFile(view, file);
  sweepHalfWritten(view);
  unlinkSync(join(view, recordName));
}

const recordName = '.given.json';

/** Null when there is none, or it was spoilt: then every file there is judged as a new one. */
function recordOf(view: string): Given | null {
  try {
    return Given.safeParse(JSON.parse(readFileSync(join(view, recordName), 'utf8'))).data ?? null;
  } catch {
    return null;
  }
}

/** Task files of a view by their names below it. What a link leads to is not of the view. */
function filesIn(view: string): { file: string; path: string; stats: Stats }[] {
  return columns
    .filter((column) => isFolder(join(view, column)))
    .flatMap((column) => {
      const names = readdirSync(join(view, column)).filter(isTaskFile).sort();
      return names.flatMap((name) => {
        const path = join(view, column, name);
        const stats = lstatSync(path, { throwIfNoEntry: false });
        return stats && !stats.isDirectory() ? [{ file: `${column}/${name}`, path, stats }] : [];
      });
    });
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isOwn(view: string, file: string): boolean {
  const stats = isFolder(join(view, file, '..')) ? lstatSync(join(view, file), { throwIfNoEntry: false }) : undefined;
  return stats !== undefined && !stats.isDirectory();
}

function removeFile(view: string, file: string): void {
  if (isOwn(view, file)) unlinkSync(join(view, file));
}

/** In place of a link too, such as views had before there were copies. */
function makeOwnFolder(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) unlinkSync(path);
  mkdirSync(path, { recursive: true });
}

/** False when something lies there. */
function putNew(path: string, text: string): boolean {
  try {
    // Not to be written to, which an agent hears at once where it matters.
    writeFileSync(path, text, { flag: 'wx', mode: 0o444 });
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function digestAt(path: string, stats: Stats): string | null {
  const text = stats.isFile() ? textAt(path) : null;
  return text === null ? null : digestOf(text);
}

/** Null for what is no text, or not for us to read. Throws when the machine is in trouble: that says nothing of the file. */
function textAt(path: string): string | null {
  try {
    return readText(path);
  } catch (error) {
    const code = errnoOf(error);
    if (code === undefined || code === 'ENOENT' || code === 'EACCES' || code === 'ELOOP') return null;
    throw error;
  }
}

function digestOf(text: string): string {
  return hash('sha1', text);
}

function nameOf({ column, file }: Placed): string {
  return clean(`${column}/${file}`, { maxLine: 200 });
}
