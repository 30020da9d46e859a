// Plain tables for the terminal: columns as wide as their widest cell, wide characters counted.
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => stringWidth(row[column] ?? ''))));
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
