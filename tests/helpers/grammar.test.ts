import { describe, expect, it } from 'vitest';
import { foreignSequences, hostileTexts } from './grammar.ts';

describe('the grammar of what the face writes', () => {
  it('knows the sequences of Ink', () => {
    const frame =
      '\x1b[?1049h\x1b[?25l\x1b[?2026h\x1b[2K\x1b[1A\x1b[G\x1b[1;36mhi\x1b[22;39m\x1b[K\n\x1b[E\x1b[12Gö日🎉\x1b[1;1H\x1b[J\x1b[?2026l\x1b[?25h';
    expect(foreignSequences(frame)).toEqual([]);
    expect(foreignSequences(Buffer.from(frame))).toEqual([]);
  });

  it.each([
    '\x1b]0;t\x07',
    '\x1b[2J',
    '\x1b[3J',
    '\x1b[?1000h',
    '\x1b[6n',
    '\x1bc',
    '\x1b(0',
    '\x9b1m',
    '\x07',
    '\u202e',
    '\u200b',
    '\ud800',
    '\x1b[1;2Z',
    '\x1b[4:3m',
    '\t',
  ])('finds %j', (text) => {
    expect(foreignSequences(`ok${text}ok`)).not.toEqual([]);
    expect(foreignSequences(`ok${text}ok`)[0]?.at).toBe(2);
  });

  it('finds bytes that are not UTF-8', () => {
    expect(foreignSequences(Uint8Array.from([0x61, 0xff, 0x62]))).toHaveLength(1);
  });

  it('finds the hostile ones of its own collection', () => {
    const harmless = hostileTexts.filter((text) => foreignSequences(text).length === 0);
    // Wide text, piles of marks, long and empty text and colour test the width, not the grammar.
    expect(harmless.map((text) => text.slice(0, 5))).toEqual([`pile `, '日本語テキ', '\x1b[31;', 'xxxxx', '']);
  });
});
