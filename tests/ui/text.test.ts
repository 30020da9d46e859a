import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { cut, fill, fillColoured, tame, wrap } from '../../src/ui/text.ts';
import { createTheme } from '../../src/ui/theme.ts';
import { foreignSequences, hostileTexts } from '../helpers/grammar.ts';

const theme = createTheme({ unicode: true, colour: true });
const ascii = createTheme({ unicode: false, colour: false });
const anything = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constantFrom(...hostileTexts),
);
const width = fc.integer({ min: 1, max: 90 });
/** What terminals make of it: every code point by itself, nothing joined. */
const separately = (text: string) => [...text].reduce((sum, each) => sum + stringWidth(each), 0);

describe('text', () => {
  it('is filled to exactly the width, whatever it is', () => {
    fc.assert(
      fc.property(anything, width, (text, columns) => {
        for (const each of [theme, ascii]) {
          const row = fill(text, columns, each);
          expect(stringWidth(row)).toBe(columns);
          expect(foreignSequences(row)).toEqual([]);
        }
      }),
    );
  });

  it('keeps colour of panes, closes it, and fills exactly the width', () => {
    fc.assert(
      fc.property(anything, width, (text, columns) => {
        const row = fillColoured(`\x1b[31m${text}`, columns, theme);
        expect(stringWidth(row)).toBe(columns);
        expect(foreignSequences(row)).toEqual([]);
        expect(row).toMatch(/\x1b\[0m *$/);
        expect(fillColoured(`\x1b[31m${text}`, columns, ascii)).not.toContain('\x1b');
      }),
    );
  });

  it('has no width that terminals count differently in emoji, skin tones, keycaps and piles of marks', () => {
    for (const text of hostileTexts) {
      const tamed = tame(text, theme);
      expect(separately(tamed)).toBe(stringWidth(tamed));
    }
  });

  it('is cut with an ellipsis, never through a wide character', () => {
    expect(cut('日本語', 5, theme)).toBe('日本…');
    expect(cut('日本語', 4, theme)).toBe('日…');
    expect(cut('abc', 3, theme)).toBe('abc');
    expect(cut('abcd', 3, ascii)).toBe('ab~');
    expect(cut('日本語', 6, ascii)).toBe('???');
  });

  it('is wrapped at spaces, whole, within the width', () => {
    expect(wrap('one two three', 8, theme)).toEqual(['one two', 'three']);
    expect(wrap('abcdefghij', 4, theme)).toEqual(['abcd', 'efgh', 'ij']);
    expect(wrap('a\nb', 4, theme)).toEqual(['a', 'b']);
    expect(wrap('one two three', 4, theme, 2)).toEqual(['one', 'two…']);
    fc.assert(
      fc.property(anything, width, (text, columns) => {
        for (const line of wrap(text, columns, theme, 50))
          expect(stringWidth(line)).toBeLessThanOrEqual(Math.max(2, columns));
      }),
    );
  });
});
