// Plain tables for the terminal: columns as wide as their widest cell, wide characters counted; a column without any content vanishes.
import stringWidth from 'string-width';

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const told = head.flatMap((_, column) => (rows.some((row) => row[column]) ? [column] : []));
  const all = [head, ...rows].map((row) => told.map((column) => row[column] ?? ''));
  const widths = told.map((_, column) => all.reduce((most, row) => Math.max(most, widthOf(row[column] ?? '')), 0));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell))))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

// Plain text, as nearly all of it is, need not be looked at letter by letter.
function widthOf(cell: string): number {
  return /^[ -~]*$/.test(cell) ? cell.length : stringWidth(cell);
}
