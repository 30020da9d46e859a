// Rings of tasks that wait for each other.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cyclesOf } from '../../src/tasks/cycles.ts';

const rings = (waits: Record<string, string[]>) => cyclesOf(new Map(Object.entries(waits)));

test.each([
  [{}, []],
  [{ a: [], b: ['a'], c: ['a', 'b'] }, []],
  [{ a: ['nobody'] }, []],
  [{ a: ['a'] }, [['a']]],
  [{ a: ['b'], b: ['a'] }, [['a', 'b']]],
  // Who waits for a ring is not in it.
  [{ z: ['a'], a: ['b'], b: ['c'], c: ['a'], y: ['z'] }, [['a', 'b', 'c']]],
  [
    { a: ['b'], b: ['a'], c: ['d'], d: ['c', 'a'] },
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
])('%j', (waits, expected) => expect(rings(waits as Record<string, string[]>)).toEqual(expected));

test('whatever the dependencies, every ring is one, and without rings there is an order', () => {
  const id = fc.integer({ min: 0, max: 9 }).map(String);
  fc.assert(
    fc.property(fc.dictionary(id, fc.array(id, { maxLength: 3 })), (waits) => {
      const found = rings(waits);
      for (const ring of found)
        for (const [at, each] of ring.entries()) expect(waits[each]).toContain(ring[(at + 1) % ring.length]);
      const left = new Set(Object.keys(waits));
      for (const each of found.flat()) left.delete(each);
      for (let before = -1; before !== left.size; ) {
        before = left.size;
        for (const each of left) if (!(waits[each] ?? []).some((other) => left.has(other))) left.delete(each);
      }
      expect([...left]).toEqual([]);
    }),
  );
});

test('a long chain is no trouble', () => {
  const chain = Array.from({ length: 20_000 }, (_, i): [string, string[]] => [`t${i}`, i === 0 ? [] : [`t${i - 1}`]]);
  expect(cyclesOf(new Map(chain))).toEqual([]);
  expect(cyclesOf(new Map([...chain, ['t0', ['t19999']]]))[0]).toHaveLength(20_000);
});
