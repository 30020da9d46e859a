// A panel as rows of text: border with title and corner notes, and exactly as many inner rows as fit.

import type { Theme } from './theme.ts';
import { cut, widthOf } from './widths.ts';

export interface FrameOptions {
  width: number;
  height: number;
  title: string;
  /** At the right end of the upper border. */
  corner?: string;
  /** At the left of the lower border. */
  foot?: string;
  /** At the right end of the lower border. */
  footCorner?: string;
  focused: boolean;
}

/** `inner` rows must be `width - 4` columns wide each: a border and a space on both sides are ours. Missing rows are blank. */
export function frameRows(inner: readonly string[], options: FrameOptions, theme: Theme): string[] {
  const { width, height, focused } = options;
  const side = theme.paint(focused && theme.colour ? 'hunk' : 'dim', theme.glyph('vertical'));
  const blank = ' '.repeat(width - 4);
  const rows = [edge('top', options.title, options.corner ?? '', options, theme, focused ? 'focus' : 'title')];
  for (let at = 0; at < height - 2; at += 1) rows.push(`${side} ${inner[at] ?? blank} ${side}`);
  rows.push(edge('bottom', options.foot ?? '', options.footCorner ?? '', options, theme, 'plain'));
  return rows;
}

function edge(
  where: 'top' | 'bottom',
  left: string,
  right: string,
  options: FrameOptions,
  theme: Theme,
  tone: 'focus' | 'title' | 'plain',
): string {
  const line = (text: string) => theme.paint(options.focused && theme.colour ? 'hunk' : 'dim', text);
  const room = options.width - 6;
  const name = left ? ` ${cut(left, room - 2, theme)} ` : '';
  const noteRoom = room - widthOf(name) - 3;
  const note = right && noteRoom > 6 ? ` ${cut(right, noteRoom, theme)} ` : '';
  const fill = theme.glyph('horizontal').repeat(Math.max(0, options.width - 4 - widthOf(name) - widthOf(note)));
  const [open, close] = where === 'top' ? (['topLeft', 'topRight'] as const) : (['bottomLeft', 'bottomRight'] as const);
  const dash = theme.glyph('horizontal');
  return (
    line(theme.glyph(open) + dash) +
    theme.paint(tone, name) +
    line(fill) +
    theme.paint('dim', note) +
    line(dash + theme.glyph(close))
  );
}
