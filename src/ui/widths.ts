// Text measured and cut by terminal columns. Everything from outside becomes harmless here, at the last door before the screen.
import { clean } from '../core/clean.ts';
import type { Theme } from './theme.ts';

const plain = /^[ -~]*$/;
// Terminals disagree about the width of these: variation selectors, skin tones, keycaps, and piles of combining marks.
const unsteady = /[\ufe00-\ufe0f\u20e3]|[\u{1f3fb}-\u{1f3ff}]/gu;
const marks = /(\p{M}{2})\p{M}+/gu;
// The first one of a process costs as much as starting Node: made when it is needed.
let segmenter: Intl.Segmenter | null = null;

/** One line of harmless text whose width every terminal counts alike; only ASCII where the terminal has no Unicode. */
export function tame(text: string, theme: Theme): string {
  if (plain.test(text) && text.length < 2_000) return text;
  return steady(clean(text), theme);
}

function steady(text: string, theme: Theme): string {
  const same = text.replace(unsteady, '').replace(marks, '$1');
  return theme.unicode ? same : same.replace(/[^\x1b -~]/gu, '?');
}

// Until the face is loaded, text that is not ASCII counts as if all of it were wide: too long is cut, never too short.
let measure = (text: string): number => text.length * 2;

/** Says how columns are counted. text.ts does, once; the first frame does without, because the tables for it take 20 ms to load. */
export function measureWith(count: (text: string) => number): void {
  measure = count;
}

/** Columns that `text` (tame, SGR allowed) takes. */
export function widthOf(text: string): number {
  return plain.test(text) ? text.length : measure(text);
}

export function graphemes(text: string): string[] {
  if (plain.test(text)) return text.split('');
  segmenter ??= new Intl.Segmenter();
  return Array.from(segmenter.segment(text), (each) => each.segment);
}

/** Tames and cuts text to at most `width` columns; what is cut off is told by an ellipsis. */
export function cut(text: string, width: number, theme: Theme): string {
  const line = tame(text, theme);
  if (width <= 0) return '';
  if (widthOf(line) <= width) return line;
  return `${head(line, width - 1)}${theme.glyph('ellipsis')}`;
}

/** The longest beginning of `text` that fits `width` columns. */
export function head(text: string, width: number): string {
  if (plain.test(text)) return text.slice(0, Math.max(0, width));
  let used = 0;
  let kept = '';
  for (const each of graphemes(text)) {
    used += widthOf(each);
    if (used > width) break;
    kept += each;
  }
  return kept;
}

/** Exactly `width` columns: cut or filled with spaces. */
export function fill(text: string, width: number, theme: Theme, align: 'left' | 'right' = 'left'): string {
  const line = cut(text, width, theme);
  const gap = ' '.repeat(Math.max(0, width - widthOf(line)));
  return align === 'left' ? line + gap : gap + line;
}

const sgr = /(\x1b\[[\d;:]*m)/;

/** A row of a pane, exactly `width` columns, its own colours kept (or dropped, where the theme has none) and closed. */
export function fillColoured(row: string, width: number, theme: Theme): string {
  const line = steady(clean(row, { colour: theme.colour }), theme);
  if (!line.includes('\x1b')) return fillHard(line, width);
  let used = 0;
  let kept = '';
  for (const part of line.split(sgr)) {
    if (part.startsWith('\x1b')) kept += part;
    else if (used < width) {
      const piece = head(part, width - used);
      used += widthOf(piece);
      kept += piece;
      if (piece.length < part.length) break;
    }
  }
  return `${kept}\x1b[0m${' '.repeat(Math.max(0, width - used))}`;
}

function fillHard(line: string, width: number): string {
  const kept = head(line, width);
  return kept + ' '.repeat(Math.max(0, width - widthOf(kept)));
}

/** Splits text into lines of at most `width` columns, at spaces where it can; at most `most` lines, the last with an ellipsis. */
export function wrap(text: string, width: number, theme: Theme, most = Number.POSITIVE_INFINITY): string[] {
  const lines = wrapAll(text, width, theme);
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), `${head(lines[most - 1] ?? '', width - 1)}${theme.glyph('ellipsis')}`];
}

function wrapAll(text: string, width: number, theme: Theme): string[] {
  const lines: string[] = [];
  for (const source of clean(text, { lines: true }).split('\n')) {
    let rest = steady(source, theme);
    while (widthOf(rest) > width && width > 0) {
      const full = head(rest, width);
      const space = full.lastIndexOf(' ');
      const at = rest[full.length] === ' ' ? full.length : space > width / 3 ? space : full.length || 1;
      lines.push(rest.slice(0, at));
      rest = rest.slice(at).trimStart();
    }
    lines.push(rest);
  }
  return lines;
}
