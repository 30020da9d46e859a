import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleanRows } from '../../src/terminal/rows.ts';

for (const [what, raw, rows] of [
  ['plain text stays', ['a', '', ' b'], ['a', '', ' b']],
  [
    'colour runs on',
    ['\x1b[31mred', 'still', '\x1b[39mplain'],
    ['\x1b[31mred\x1b[0m', '\x1b[31mstill\x1b[0m', '\x1b[31m\x1b[39mplain\x1b[0m'],
  ],
  ['a reset ends it', ['\x1b[1;31ma\x1b[0mb', 'c'], ['\x1b[1;31ma\x1b[0mb\x1b[0m', 'c']],
  ['one kind replaces itself', ['\x1b[31m\x1b[32ma', 'b'], ['\x1b[31m\x1b[32ma\x1b[0m', '\x1b[32mb\x1b[0m']],
  [
    'palette and true colour',
    ['\x1b[38;5;9;48;2;1;2;3ma', 'b'],
    ['\x1b[38;5;9;48;2;1;2;3ma\x1b[0m', '\x1b[38;5;9;48;2;1;2;3mb\x1b[0m'],
  ],
  [
    '22 ends bold and dim',
    ['\x1b[1m\x1b[2m\x1b[3ma\x1b[22m', 'b'],
    ['\x1b[1m\x1b[2m\x1b[3ma\x1b[22m\x1b[0m', '\x1b[3mb\x1b[0m'],
  ],
  ['empty rows stay empty', ['\x1b[31ma', '', 'b'], ['\x1b[31ma\x1b[0m', '', '\x1b[31mb\x1b[0m']],
  ['line drawing, across rows', ['\x0elqk', 'x\x0fx'], ['┌─┐', '│x']],
] as const) {
  test(what, () => expect(cleanRows(raw)).toEqual(rows));
}

test('nothing but text and SGR comes out, whatever goes in', () => {
  const row = fc.string({
    unit: fc.oneof(
      fc.constantFrom(
        '\x1b',
        '\x1b[',
        '\x1b]52;c;',
        '\x07',
        '\x9b',
        '\x0e',
        '\x0f',
        '\n',
        '\r',
        '\0',
        '\x01',
        ';',
        'm',
        '3',
        '38;5;',
        '\u202e',
        'x',
      ),
      fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }),
    ),
  });
  fc.assert(
    fc.property(fc.array(row), (raw) => {
      const rows = cleanRows(raw);
      expect(rows).toHaveLength(raw.length);
      for (const each of rows)
        expect(each.replace(/\x1b\[[\d;:]*m/g, '')).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e]/);
    }),
  );
});
