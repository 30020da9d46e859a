import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSignals } from '../../src/core/signals.ts';
import { createSaid } from '../../src/worker/said.ts';

test('short texts stay as they are', () => {
  const said = createSaid();
  said.add('one\n\ntwo');
  said.add('three');
  expect(said.text()).toBe('one\n\ntwo\nthree');
});

test('the end is kept, in whole lines, within the limit', () => {
  const said = createSaid(100);
  for (let each = 0; each < 50; each += 1) said.add(`line ${each}`);
  expect(said.text().length).toBeLessThanOrEqual(100);
  expect(said.text()).toMatch(/^line \d+\n[\s\S]*\nline 49$/);
});

test('what was dropped does not turn code into signals or signals into code', () => {
  const line = fc.constantFrom('```', '~~~', '````', '```js', 'word', '    ', 'some more words on a line');
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), fc.integer({ min: 60, max: 200 }), (lines, limit) => {
      const said = createSaid(limit);
      const all = [...lines, 'COMPLETE_AND_READY_FOR_MERGE'];
      for (const each of all) said.add(each);
      expect(said.text().length).toBeLessThanOrEqual(limit);
      expect(readSignals(said.text()).ready).toBe(readSignals(all.join('\n')).ready);
    }),
  );
});
