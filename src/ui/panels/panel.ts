// What a panel is given and gives: rows of text, exactly as wide and high as its place.

import { frameRows } from '../frame.ts';
import type { Rect } from '../layout.ts';
import { fill } from '../text.ts';
import type { View } from '../view.ts';

export type PanelRows = (view: View, place: Rect) => string[];

export interface Content {
  title: string;
  corner?: string;
  foot?: string;
  inner: readonly string[];
}

/** Frames content; lists tell at the lower right which part of them is in sight. */
export function framed(
  view: View,
  place: Rect,
  focused: boolean,
  content: Content,
  count?: { top: number; total: number },
): string[] {
  const height = place.height - 2;
  const last = count ? Math.min(count.top + height, count.total) : 0;
  const footCorner = count && count.total > height ? `${count.top + 1}-${last} of ${count.total}` : '';
  return frameRows(
    content.inner.slice(0, Math.max(0, height)),
    { ...place, ...content, footCorner, focused },
    view.theme,
  );
}

/** Lines that help where a list is empty, dim. */
export function emptyRows(lines: readonly string[], width: number, view: View): string[] {
  return lines.map((line) => view.theme.paint('dim', fill(line, width, view.theme)));
}
