import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseJson, SyntaxProblem } from '../../src/disk/json.ts';
import { nearest } from '../../src/disk/nearest.ts';

it('reads what JSON.parse reads', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(parseJson(`\ufeff${JSON.stringify(value, null, 2)}`)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

it('finds the place of a stray character, wherever it stands', () => {
  fc.assert(
    fc.property(fc.array(fc.nat()), fc.nat(), (numbers, at) => {
      const parts = numbers.map((each) => `${each}`);
      const index = at % (parts.length + 1);
      parts.splice(index, 0, '@');
      const text = `[\n${parts.join(',\n')}\n]`;
      expect(() => parseJson(text)).toThrow(
        expect.objectContaining({ line: index + 2, column: 1, name: 'SyntaxProblem' }),
      );
    }),
  );
});

it('always has a place, and only text in its message', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(), (noise, cut) => {
      const text = `${JSON.stringify({ a: [1, 'x', null] }).slice(0, cut % 20)}${noise}`;
      try {
        parseJson(text);
      } catch (error) {
        expect(error).toBeInstanceOf(SyntaxProblem);
        const { line, column, message } = error as SyntaxProblem;
        expect(line).toBeGreaterThanOrEqual(1);
        expect(column).toBeGreaterThanOrEqual(1);
        expect(message).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
      }
    }),
  );
});

it('nearest finds typos and swaps, and nothing for a stranger', () => {
  const words = ['model', 'role', 'prompt', 'iterations'];
  expect(nearest('modle', words)).toBe('model');
  expect(nearest('Prmpt', words)).toBe('prompt');
  expect(nearest('iteration', words)).toBe('iterations');
  expect(nearest('banana', words)).toBeNull();
  expect(nearest('x', [])).toBeNull();
});
