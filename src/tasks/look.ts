// A look at the board that changes nothing, for commands that only tell: nothing is made, moved or finished.
import { createColumns } from './columns.ts';
import type { BoardScan } from './contract.ts';
import { scanOf } from './scan.ts';

export async function lookAtBoard(folder: string): Promise<BoardScan> {
  return scanOf(await createColumns(folder).list());
}
