// Rows made of cells: each cut to its width, with its tone; the whole exactly as wide as asked.
import { fill } from '../text.ts';
import type { Theme, Tone } from '../theme.ts';

export interface Cell {
  text: string;
  width: number;
  tone?: Tone;
  align?: 'left' | 'right';
}

/** How a row stands out: `chosen` in the focused list, `marked` where the list is not focused. */
export type Emphasis = 'none' | 'marked' | 'chosen';

/** One space between cells; cells of width 0 vanish. The widths and spaces should add up to the row. */
export function cellRow(cells: readonly Cell[], theme: Theme, emphasis: Emphasis = 'none'): string {
  const shown = cells.filter(({ width }) => width > 0);
  if (emphasis === 'chosen') {
    const text = shown.map((cell) => fill(cell.text, cell.width, theme, cell.align)).join(' ');
    return theme.paint('chosen', `${theme.glyph('pick')}${text.slice(1)}`);
  }
  const row = shown
    .map((cell) => theme.paint(cell.tone ?? 'plain', fill(cell.text, cell.width, theme, cell.align)))
    .join(' ');
  return emphasis === 'marked' ? `${theme.paint('bold', theme.glyph('pick'))}${row.slice(1)}` : row;
}

/** The width that is left for the cell that takes the rest. */
export function restOf(width: number, others: readonly number[]): number {
  const taken = others.filter((each) => each > 0);
  return Math.max(0, width - taken.reduce((sum, each) => sum + each, 0) - taken.length);
}
