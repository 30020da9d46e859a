// A document: rows of text with a tone each, made once, painted only where they are visible.
import { fill } from '../text.ts';
import type { Theme, Tone } from '../theme.ts';

export interface DocumentRow {
  text: string;
  tone: Tone;
}

export interface Document {
  rows: readonly DocumentRow[];
  /** Rows where a part begins: ← and → go there. */
  marks: readonly number[];
}

export const emptyDocument: Document = { rows: [], marks: [] };

/** The visible rows, exactly `width` columns each. */
export function paintDocument(document: Document, top: number, height: number, width: number, theme: Theme): string[] {
  return document.rows
    .slice(top, top + height)
    .map(({ text, tone }) => theme.paint(tone, fill(text.replaceAll('\t', '    '), width, theme)));
}
