// Taking over a file that a worker moved into its own view: on the shared board, or back, or aside; never away.
import { existsSync, lstatSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type MoveOptions, moveExclusive, renameChecked } from '../disk/durable.ts';
import { stemOf } from './codec.ts';
import { type Columns, type Placed, readTask } from './columns.ts';
import type { ClaimResult } from './contract.ts';

export interface AdoptionParts extends Required<MoveOptions> {
  /** `<root>/tasks`. */
  folder: string;
  columns: Columns;
  /** Every file of an id on the shared board. */
  locate(id: string): Promise<Placed[]>;
  /** Claims a pending task: null, or why not. */
  claim(id: string): Promise<string | null>;
}

/**
 * Makes `adopt` of the board. A file with an id that the board has already is set aside as `<name>.refused` where it lies; one that is no
 * task goes back to pending, where the scan tells about it.
 */
export function createAdoption({
  folder,
  sync,
  columns,
  locate,
  claim,
}: AdoptionParts): (from: string) => Promise<ClaimResult> {
  const setAside = async (from: string, id: string, why: string) => {
    await renameChecked(from, asideOf(from), { sync });
    return refused(id, why);
  };
  const again = (from: string): ClaimResult => {
    const file = basename(from);
    const adopted = columns.find([file]).find(({ column }) => column === 'current');
    const id = adopted?.task?.id ?? stemOf(file);
    if (existsSync(asideOf(from))) return refused(id, 'taken');
    return adopted ? { claimed: [id], refused: [] } : refused(id, 'not-found');
  };

  return async (from) => {
    const file = basename(from);
    const stats = lstatSync(from, { throwIfNoEntry: false });
    if (!stats) return again(from);
    const content = readTask(from, file, stats);
    if (!content) return again(from);
    if (!content.task) {
      const back = await moveExclusive(from, join(folder, 'pending', file), { sync });
      return back === 'taken' ? setAside(from, stemOf(file), 'unreadable') : refused(stemOf(file), 'unreadable');
    }
    const { id } = content.task;
    const found = await locate(id);
    const twin = found.find(({ inode }) => inode === stats.ino);
    if (twin) {
      // Already there under its other name: a cut-short adoption, or a hard link that the worker made.
      await unlink(from);
      const why = twin.column === 'pending' ? await claim(id) : twin.column === 'current' ? null : 'taken';
      return why === null ? { claimed: [id], refused: [] } : refused(id, why);
    }
    if (found.length > 0)
      return setAside(from, id, found.every(({ column }) => column === 'pending') ? 'duplicate' : 'taken');
    const moved = await moveExclusive(from, join(folder, 'current', file), { sync });
    if (moved === 'taken') return setAside(from, id, 'taken');
    return moved === 'moved' ? { claimed: [id], refused: [] } : refused(id, 'not-found');
  };
}

function asideOf(from: string): string {
  return `${from}.refused`;
}

function refused(id: string, why: string): ClaimResult {
  return { claimed: [], refused: [{ id, why }] };
}
