// Only text, and colour where it is asked for, comes through `clean`, whatever goes in.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clean } from '../../src/core/clean.ts';

test.each([
  ['clipboard', 'a\x1b]52;c;aGk=\x07b', 'ab'],
  ['title, ended by ST', 'a\x1b]0;title\x1b\\b', 'ab'],
  ['link', '\x1b]8;;http://x\x1b\\text\x1b]8;;\x1b\\', 'text'],
  ['unterminated OSC ends at the line', 'a\x1b]0;title', 'a'],
  ['DCS, APC, PM, SOS', '\x1bPq\x1b\\1\x1b_x\x1b\\2\x1b^y\x1b\\3\x1bXz\x1b\\4', '1234'],
  ['8-bit CSI and OSC', '\x9b31mred\x9d0;t\x9c.', 'red.'],
  ['cursor games', 'ok\x1b[2J\x1b[H\x1b[1A\x1b[?1049hfake', 'okfake'],
  ['carriage return and backspace', 'good\rbad\b\b\b', 'good bad'],
  ['bell, NUL, DEL', 'a\x07b\x00c\x7fd', 'abcd'],
  ['paste breakout', 'x\x1b[201~\rrm', 'x rm'],
  ['bidi and zero-width show', 'a\u202eb\u200bc', 'a·b·c'],
  ['colour goes when it is not asked for', '\x1b[31mred\x1b[0m', 'red'],
])('%s', (_, text, expected) => {
  expect(clean(text)).toBe(expected);
});

test('colour is kept as SGR only, and closed at the end of each line', () => {
  expect(clean('\x1b[1;31mred\x1b[2Kmore\nnext', { colour: true, lines: true })).toBe('\x1b[1;31mredmore\x1b[0m\nnext');
  expect(clean('\x1b[>4;2mx\x1b[31 my\x1b[38;5;1;mz', { colour: true })).not.toContain('\x1b[>');
});

test('a long line is cut, never inside a sequence or a pair', () => {
  const cut = clean(`${'x'.repeat(9)}\u{1f600}${'y'.repeat(50)}`, { maxLine: 10 });
  expect(cut).toBe(`${'x'.repeat(9)}…`);
});

const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '\x1b',
        '\x1b[',
        '\x1b]',
        '\x1bP',
        '\x9b',
        '\x9d',
        '\x07',
        '\x1b\\',
        '31m',
        '0;1',
        '\n',
        '\r',
        '\t',
        '\u0000',
        '\u0001',
        'm',
        '\u202e',
      ),
    ),
  )
  .map((parts) => parts.join(''));

test('whatever goes in: no control but newline, only SGR escapes, and cleaning twice changes nothing', () => {
  fc.assert(
    fc.property(hostile, fc.boolean(), fc.boolean(), (text, colour, lines) => {
      const out = clean(text, { colour, lines });
      const rest = colour ? out.replace(/\x1b\[[\d;:]*m/g, '') : out;
      expect(rest).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b]/);
      if (!lines) expect(out).not.toContain('\n');
      expect(clean(out, { colour, lines })).toBe(out);
    }),
    { numRuns: 3_000 },
  );
});
