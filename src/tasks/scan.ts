// What a look at the columns means: which files are tasks, which are twins of a cut-short move, which are in each other's way.
import { clean } from '../core/clean.ts';
import { compareIds } from '../core/ids.ts';
import { type Column, columns, type Placed } from './columns.ts';
import type { BoardScan } from './contract.ts';

/** The tasks of a look, and the files that are none. Of files with one id the one that got furthest is the task, if it is alone there. */
export function scanOf(placed: readonly Placed[]): BoardScan {
  const files = furthestTwins(placed);
  const unreadable = files.flatMap((each) => (each.task ? [] : [{ file: nameOf(each), reason: each.reason }]));
  const tasks: BoardScan['tasks'] = [];
  for (const group of Map.groupBy(files, (each) => each.task?.id).values()) {
    const sorted = group.length > 1 ? group.toSorted(byProgress) : group;
    const [first, second] = sorted;
    if (!first?.task) continue;
    const alone = !second || stage(second.column) < stage(first.column);
    if (alone) tasks.push({ ...first.task, file: first.file, column: first.column });
    for (const each of alone ? sorted.slice(1) : sorted) {
      const other = nameOf(each === first ? (second as Placed) : first);
      unreadable.push({
        file: nameOf(each),
        reason: `duplicate id ${first.task.id}: ${other} has it too; give one of them another id`,
      });
    }
  }
  return {
    tasks: tasks.sort((a, b) => compareIds(a.id, b.id)),
    unreadable: unreadable.sort((a, b) => compareIds(a.file, b.file)),
  };
}

/** Files that are in several columns under one inode, the furthest first in each group. */
export function twinsOf(placed: readonly Placed[]): Placed[][] {
  const groups = Map.groupBy(placed, (each) => each.inode).values();
  return [...groups].filter((group) => group.length > 1).map((group) => group.toSorted(byProgress));
}

function furthestTwins(placed: readonly Placed[]): Placed[] {
  const lesser = new Set(twinsOf(placed).flatMap((group) => group.slice(1)));
  return placed.filter((each) => !lesser.has(each));
}

function byProgress(a: Placed, b: Placed): number {
  return stage(b.column) - stage(a.column) || compareIds(a.file, b.file);
}

function stage(column: Column): number {
  return columns.indexOf(column);
}

function nameOf({ column, file }: Placed): string {
  return clean(`${column}/${file}`, { maxLine: 200 });
}
