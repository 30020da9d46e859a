import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineSplitter } from '../../src/worker/lines.ts';

function split(chunks: readonly Uint8Array[], maxBytes?: number): string[] {
  const splitter = createLineSplitter(maxBytes);
  return [...chunks.flatMap((chunk) => splitter.push(Buffer.from(chunk))), ...splitter.end()];
}

test('the lines do not depend on where the chunks are cut', () => {
  const text = fc
    .array(fc.constantFrom('a', 'é', '😀', '\n', '\r\n', ' ', '\xff'), { maxLength: 60 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, fc.array(fc.nat(80), { maxLength: 8 }), (whole, cuts) => {
      const bytes = Buffer.from(whole);
      const at = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
      const chunks = at.slice(1).map((to, index) => bytes.subarray(at[index], to));
      const expected = whole.split('\n').map((line) => line.replace(/\r$/, ''));
      if (whole.endsWith('\n') || whole === '') expected.pop();
      expect(split(chunks)).toEqual(expected);
    }),
  );
});

test('a long line is cut at the bound, the next one is whole', () => {
  const chunks = ['abc', 'def', 'ghi', 'jk\nlm', '\n', 'nopqrstuvw\n'].map((text) => Buffer.from(text));
  expect(split(chunks, 8)).toEqual(['abcdefgh', 'lm', 'nopqrstu']);
});

test('bytes that are no UTF-8 are replaced, not fatal', () => {
  expect(split([Buffer.from([0x61, 0xff, 0x62, 0x0a, 0xc3])])).toEqual(['a\ufffdb', '\ufffd']);
});

test('a line that comes byte by byte costs what it holds', () => {
  const splitter = createLineSplitter();
  const before = process.memoryUsage().arrayBuffers;
  for (let each = 0; each < 100_000; each += 1) splitter.push(Buffer.from('x'));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
  expect(splitter.push(Buffer.from('\n'))).toEqual(['x'.repeat(100_000)]);
});
