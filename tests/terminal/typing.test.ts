import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyBytes, pasteable } from '../../src/terminal/typing.ts';

test('pasteable text holds no control but \\n and \\t, and is not changed again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const out = pasteable(text);
      expect(out).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
      expect(pasteable(out)).toBe(out);
    }),
  );
});

for (const [name, bytes] of Object.entries({
  Enter: '\r',
  'C-a': '\x01',
  'C-A': '\x01',
  'M-Enter': '\x1b\r',
  'C-M-b': '\x1b\x02',
  'C-Up': '\x1b[1;5A',
  'S-PageDown': '\x1b[6;2~',
  'C-[': '\x1b',
  '-': '-',
  ü: 'ü',
})) {
  test(`key ${name}`, () => expect(keyBytes(name)).toBe(bytes));
}

test('cursor keys follow the mode of the program', () => {
  expect(keyBytes('Up')).toBe('\x1b[A');
  expect(keyBytes('Up', { application: true })).toBe('\x1bOA');
});

for (const name of ['', 'C-', 'Entre', 'C-ü', 'C-Enter', '\x1b', 'toString', 'constructor']) {
  test(`no key ${JSON.stringify(name)}`, () => expect(() => keyBytes(name)).toThrow(/no key/));
}
