// Plain tables for the terminal: columns as wide as their widest cell, wide characters counted; a column without any content vanishes.
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const told = head.flatMap((_, column) => (rows.some((row) => row[column]) ? [column] : []));
  const all = [head, ...rows].map((row) => told.map((column) => row[column] ?? ''));
  const widths = told.map((_, column) => Math.max(...all.map((row) => stringWidth(row[column] ?? ''))));
  return all
    .map((row) =>
      row
        .map(
          (cell, column) =>
            cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - stringWidth(stripVTControlCharacters(cell)))),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
