// Ids, spans, config and the tables of lives.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Config, Span, Wait } from '../../src/core/config.ts';
import { compareIds, isId } from '../../src/core/ids.ts';
import { changeLife, taskLife, workerLife } from '../../src/core/lives.ts';

test.each(['a', 'w0', 'task-1', 'a.b_c', '0', 'x'.repeat(64)])('%s is an id', (id) => expect(isId(id)).toBe(true));
test.each(['', 'A', '-a', '.a', 'a/b', 'a..b', 'a.lock', 'a.', 'x'.repeat(65), 'a b', 'ä', 'a\n', '../x'])(
  '%j is no id',
  (id) => expect(isId(id)).toBe(false),
);

test('an id is safe as a file name and as a ref, whatever is tried', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      if (isId(text)) expect(text).toMatch(/^[a-z0-9][a-z0-9._-]*$/);
    }),
    { numRuns: 5_000 },
  );
});

test('ids have one order, whatever they are', () => {
  const id = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,6}$/);
  fc.assert(
    fc.property(id, id, id, (a, b, c) => {
      expect(Math.sign(compareIds(a, b))).toBe(-Math.sign(compareIds(b, a)) || 0);
      expect(compareIds(a, b) === 0).toBe(a === b);
      if (compareIds(a, b) < 0 && compareIds(b, c) < 0) expect(compareIds(a, c)).toBeLessThan(0);
    }),
    { numRuns: 5_000 },
  );
});

test('w10 comes after w9', () => {
  expect(['w10', 'w9', 'w1'].sort(compareIds)).toEqual(['w1', 'w9', 'w10']);
});

test.each([
  ['90s', 90_000],
  ['10m', 600_000],
  ['1.5h', 5_400_000],
  ['250ms', 250],
  [1_000, 1_000],
])('span %s', (text, ms) => {
  expect(Span.parse(text)).toBe(ms);
});
test.each(['', '10', 'm', '-1s', '0x1s', '1d', 0, -5])('no span: %j', (text) =>
  expect(Span.safeParse(text).success).toBe(false),
);

test.each([
  [90, 90],
  ['2m', 120],
  ['500ms', 0.5],
  [0, 0],
])('a wait of %s is so many seconds, and stays that when it is read again', (text, seconds) => {
  expect(Wait.parse(text)).toBe(seconds);
  expect(Wait.parse(Wait.parse(text))).toBe(seconds);
});
test.each(['5', 'soon', -1, null])('no wait: %j', (text) => expect(Wait.safeParse(text).success).toBe(false));

test('a config says its defaults, and refuses what it does not know', () => {
  const config = Config.parse({
    workers: [{ model: 'command:a', prompt: 'p.md' }],
    checks: ['npm test', { name: 'lint', run: ['biome', 'check'] }],
  });
  expect(config.workers[0]).toMatchObject({
    role: 'worker',
    count: 1,
    iterations: 10,
    can_plan: true,
    max_wait_for_tasks: 600,
    wait_between: 0,
    prompt: ['p.md'],
  });
  expect(config.checks).toEqual([
    { name: 'npm test', run: ['sh', '-c', 'npm test'] },
    { name: 'lint', run: ['biome', 'check'] },
  ]);
  expect(config).toMatchObject({ approval: 'operator', when_done: 'wait', panes: 'auto', timeouts: { idle: 600_000 } });
  // What was parsed and written into a journal parses again to itself.
  expect(Config.parse(JSON.parse(JSON.stringify(config)))).toEqual(config);
  for (const wrong of [
    { workers: [] },
    { workers: [{ model: 'a' }], wrokers: [] },
    { workers: [{ model: 'a', count: 0 }] },
    { workers: [{ model: '' }] },
  ]) {
    expect(Config.safeParse(wrong).success).toBe(false);
  }
});

test('every step of a life leads to a status that has a life', () => {
  for (const life of [workerLife, taskLife, changeLife]) {
    const known = Object.keys(life);
    for (const steps of Object.values(life)) for (const step of steps) expect(known).toContain(step);
  }
});
