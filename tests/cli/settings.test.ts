// oompa.json as a swarm takes it: model strings in their whole form, wherever they stand.
import { expect, test } from 'vitest';
import { loadSettings } from '../../src/cli/settings.ts';
import { seatsOf } from '../../src/core/seats/kinds.ts';
import { findRepo, pathsOf } from '../../src/disk/paths.ts';
import { makeRepository } from './repository.ts';

test('bare model names get their harness, so that limits and prices of it hold for them', () => {
  const { root } = makeRepository({
    config: {
      workers: [{ model: 'gpt-5.4:xhigh' }, { model: 'opus' }, { model: 'mine:x', reviewers: ['haiku'] }],
      review_model: 'gemini-2.5-pro',
      planner: { model: 'o3' },
      harnesses: { mine: { base: 'command' } },
      limits: { codex: 3, 'gpt-5.4': 1, google: 2 },
      prices: { opus: { input: 5, output: 25 } },
    },
  });
  const { config } = loadSettings(pathsOf(findRepo(root)));
  expect(seatsOf(config).map(({ spec }) => spec.model)).toEqual([
    'codex:gpt-5.4:xhigh',
    'claude:opus',
    'mine:x',
    'claude:haiku',
    'gemini:gemini-2.5-pro',
    'codex:o3',
  ]);
  expect(config.workers[2]).toMatchObject({ reviewers: [{ model: 'claude:haiku' }] });
  expect(config.limits).toEqual({ codex: 3, 'codex:gpt-5.4': 1, google: 2 });
  expect(Object.keys(config.prices)).toEqual(['claude:opus']);
});

test('every model string that means nothing is told with its field', () => {
  const { root } = makeRepository({ config: { workers: [{ model: 'foo:bar' }, { model: 'cluade:opus' }] } });
  expect(() => loadSettings(pathsOf(findRepo(root)))).toThrow(
    /workers\[0\]\.model: unknown harness "foo" .*known: claude, codex, [\s\S]+workers\[1\]\.model: .*did you mean "claude:opus"\?$/,
  );
});
