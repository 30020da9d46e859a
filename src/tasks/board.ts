// The board: task files move between pending/, current/ and complete/, one at a time, each to one owner, overwriting nothing.
import { existsSync, lstatSync } from 'node:fs';
import { mkdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { clean } from '../core/clean.ts';
import { EffectError, messageOf } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { moveExclusive, sweepHalfWritten, writeAtomic } from '../disk/durable.ts';
import { createAdoption } from './adopt.ts';
import { annotate, appendAttempt, stemOf } from './codec.ts';
import { columns, createColumns, type Placed, readText } from './columns.ts';
import type { Board, ClaimResult } from './contract.ts';
import { createCopies } from './copy.ts';
import { scanOf, twinsOf } from './scan.ts';
import { prepareView, removeView, scanView } from './view.ts';

export interface BoardOptions {
  /** `false`: moves may be lost by a power cut (never half made); for a caller whose journal redoes them. Default true. */
  sync?: boolean;
  /**
   * This process holds the swarm's lock, so nobody else moves files between columns: `scan` finishes the moves that a crash cut
   * short and sweeps what it left. Default false: such files are shown once, in the column they reached.
   */
  lead?: boolean;
}

/** Opens the board in `folder` (`<root>/tasks`) and makes its columns when they are missing. Calls are served one after another. */
export function createBoard(folder: string, { sync = true, lead = false }: BoardOptions = {}): Board {
  const files = createColumns(folder);
  let names: ReadonlyMap<string, string[]> = new Map();
  let last: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(async () => {
      for (const column of columns)
        if (!existsSync(join(folder, column))) await mkdir(join(folder, column), { recursive: true });
      return work();
    });
    last = done.catch(() => {});
    return done;
  };
  const list = async () => {
    const placed = await files.list();
    names = new Map([...Map.groupBy(placed, idOf)].map(([id, group]) => [id, group.map(({ file }) => file)]));
    return placed;
  };
  /** Every file of an id, asked of the disk by the names it may have; only a stranger costs a look at everything. */
  const locate = async (id: string) => {
    const now = () =>
      files
        .find([...new Set([`${id}.edn`, `${id}.json`, ...(names.get(id) ?? [])])])
        .filter((each) => idOf(each) === id);
    const found = now();
    if (found.length > 0) return found;
    await list();
    return now();
  };
  const move = (each: Placed, to: Placed['column']) => moveExclusive(each.path, join(folder, to, each.file), { sync });

  const claim = async (id: string, mine: (id: string) => boolean): Promise<string | null> => {
    const found = isId(id) ? await locate(id) : [];
    const [pending, second] = found.filter((each) => each.column === 'pending');
    const [held, ...more] = found.filter((each) => each.column !== 'pending');
    if (held) {
      const twins = pending?.inode === held.inode;
      if (pending && !twins) return 'duplicate';
      if (held.column !== 'current' || more.length > 0 || !mine(id)) return 'taken';
      if (pending && twins) await unlink(pending.path);
      return null;
    }
    if (!pending) return 'not-found';
    if (second) return 'duplicate';
    if (!pending.task) return 'unreadable';
    try {
      return (await move(pending, 'current')) === 'moved' ? null : 'taken';
    } catch (error) {
      // It did move, but not for sure: that is trouble, not an answer.
      if (lstatSync(join(folder, 'current', pending.file), { throwIfNoEntry: false })?.ino === pending.inode)
        throw error;
      return clean(messageOf(error), { maxLine: 300 });
    }
  };
  /** Writes into a task and moves it; what cannot be read moves as it is. */
  const finish = async (each: Placed, to: Placed['column'], edit: (text: string) => string) => {
    if (each.task) {
      const text = readText(each.path);
      const edited = edit(text);
      if (edited !== text) await writeAtomic(each.path, edited, { mode: each.mode, sync });
    }
    if ((await move(each, to)) !== 'taken') return;
    throw new EffectError({
      code: 'name-taken',
      message: `cannot move ${each.column}/${clean(each.file)} to ${to}/: another file has that name there`,
      hint: 'move or rename one of the two',
    });
  };
  const adopt = createAdoption({ folder, sync, columns: files, locate, claim: (id) => claim(id, () => false) });
  const copies = createCopies({ folder, sync, list, locate, named: (file) => files.find([file]) });

  return {
    scan: () =>
      inTurn(async () => {
        if (lead) for (const column of columns) sweepHalfWritten(join(folder, column));
        const placed = await list();
        return scanOf(lead ? await settle(placed) : placed);
      }),
    claim: (ids, { mine = () => false } = {}) =>
      inTurn(async () => {
        const result: ClaimResult = { claimed: [], refused: [] };
        for (const id of new Set(ids)) {
          const why = await claim(id, mine);
          if (why === null) result.claimed.push(id);
          else result.refused.push({ id, why });
        }
        return result;
      }),
    adopt: (from) => inTurn(() => adopt(from)),
    release: (ids, { by, at, reason, feedback }) =>
      inTurn(async () => {
        for (const id of new Set(ids)) {
          for (const each of await settle(await locate(id))) {
            if (each.column !== 'current') continue;
            await finish(each, 'pending', (text) => appendAttempt(text, each.file, { by, at, reason, feedback }));
          }
        }
      }),
    complete: (ids, { by, at, commit, reviewRounds }) =>
      inTurn(async () => {
        const notes = {
          'completed-by': by,
          'completed-at': at,
          'merged-commit': commit,
          'review-rounds': reviewRounds,
        };
        for (const id of new Set(ids)) {
          for (const each of await settle(await locate(id))) {
            if (each.column === 'complete') continue;
            await finish(each, 'complete', (text) => annotate(text, each.file, notes));
          }
        }
      }),
    read: (id) =>
      inTurn(async () => {
        const each = (await locate(id)).at(-1);
        const text = each && tryReadText(each.path);
        return !each || text === undefined ? null : { id, file: each.file, column: each.column, text };
      }),
    prepareView: (view) => inTurn(() => prepareView(view, join(folder, 'pending'))),
    giveCopy: (view, turn) => inTurn(() => copies.give(view, turn)),
    collect: (view) => inTurn(() => copies.collect(view)),
    removeView: async (view) => removeView(view),
    scanView: async (view) => scanView(view),
  };
}

function idOf(each: Placed): string {
  return each.task?.id ?? stemOf(each.file);
}

function tryReadText(path: string): string | undefined {
  try {
    return readText(path);
  } catch {
    return undefined;
  }
}

/**
 * Finishes moves that a crash cut short, between link and unlink: the furthest name stays. A release that was going back begins again;
 * its effect is still to be done. Only for the one process that moves files.
 */
async function settle(placed: readonly Placed[]): Promise<Placed[]> {
  const lesser = twinsOf(placed).flatMap(([, ...rest]) => rest);
  for (const each of lesser) await unlink(each.path);
  return placed.filter((each) => !lesser.includes(each));
}
