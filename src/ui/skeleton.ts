// The first frame, as plain text, written before Ink is loaded. Draws with the same layout and borders, so nothing jumps after it.
import { frameRows } from './frame.ts';
import { layoutFor, least, type Panel, panels, type Rect } from './layout.ts';
import { type Theme, themeFor } from './theme.ts';
import { cut, widthOf } from './widths.ts';

/** What is known before the journal is folded. */
export interface SkeletonFacts {
  /** Name of the repository's folder. */
  repository: string;
  /** Null when it is not known yet. */
  branch: string | null;
  sha: string | null;
  /** How many workers, tasks and changes there will be, as far as that is known. */
  rows?: Partial<Record<'workers' | 'tasks' | 'queue', number>>;
}

/** Gives the terminal back when nothing comes after the skeleton. */
export const leaveSkeleton = '\x1b[?1049l\x1b[?25h';

/** The bytes that enter the alternate screen and draw the outline. `env` decides on colour and Unicode. */
export function skeleton(
  cols: number,
  rows: number,
  facts: SkeletonFacts,
  env: Readonly<Record<string, string | undefined>>,
): string {
  return `\x1b[?1049h\x1b[?25l\x1b[H\x1b[J${skeletonRows(cols, rows, facts, themeFor(env)).join('\r\n')}`;
}

const titles: Readonly<Record<Panel, string>> = {
  workers: '1 Workers',
  tasks: '2 Tasks',
  queue: '3 Review',
  mail: 'm Mail',
  right: '4 Pane',
};

export function skeletonRows(cols: number, rows: number, facts: SkeletonFacts, theme: Theme): string[] {
  const counts = { workers: 0, tasks: 0, queue: 0, mail: 0, ...facts.rows };
  const layout = layoutFor({ cols, rows }, { focus: 'workers', zoom: false, mailbox: false, rows: counts });
  if (layout.kind === 'small') return [`terminal too small: need ${least.cols}x${least.rows}`];
  const lines: string[][] = Array.from({ length: layout.frame.rows }, () => []);
  lines[0] = [header(facts, cols, theme)];
  for (const panel of panels) {
    const place = layout.panels[panel];
    if (place)
      drawInto(lines, place, frameRows([], { ...place, title: titles[panel], focused: panel === 'workers' }, theme));
  }
  lines[layout.frame.rows - 2] = [theme.paint('dim', ` starting${theme.glyph('ellipsis')}`)];
  return lines.map((parts) => parts.join(''));
}

/** Panels come in reading order, so the parts of a row are already from left to right. */
function drawInto(lines: string[][], place: Rect, rows: readonly string[]): void {
  for (const [at, row] of rows.entries()) lines[place.y + at]?.push(row);
}

function header({ repository, branch, sha }: SkeletonFacts, cols: number, theme: Theme): string {
  const name = cut(repository, Math.min(40, cols - 20), theme);
  const base = cut(branch ? `${branch}${sha ? `@${sha.slice(0, 7)}` : ''}` : '', cols - 10 - widthOf(name), theme);
  return ` ${[theme.paint('focus', 'oompa'), theme.paint('bold', name), base].filter(Boolean).join('  ')}`;
}
