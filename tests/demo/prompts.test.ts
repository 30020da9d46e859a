// The bundled prompts as an agent gets them.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readSignals } from '../../src/core/signals.ts';
import { tokenNames } from '../../src/supervisor/tokens.ts';
import { demo, load, promptOf } from './turns.ts';

const { readPrompt } = await load('prompt.mjs');
const folder = new URL('../../prompts/', import.meta.url);
const files = readdirSync(folder);

test('there is one for each role and rule', () => {
  expect(files.sort()).toEqual(
    [
      '_mail',
      '_plan',
      '_scope',
      '_task-rules',
      '_verdict',
      'executor',
      'fixer',
      'planner',
      'resolver',
      'reviewer',
      'worker',
    ].map((name) => `${name}.md`),
  );
});

test.each(files)('%s uses only tokens that are filled in, and no heading of the turn', (file) => {
  const text = readFileSync(new URL(file, folder), 'utf8');
  for (const [, token] of text.matchAll(/\{(\w+)\}/g)) expect(tokenNames).toContain(token);
  expect(text).not.toMatch(/^##? (?:Task status|Claimable|Your claims|Mail|This turn)$/im);
});

test('an agent that echoes its rules and role signals nothing', async () => {
  for (const file of files) {
    const text = readFileSync(new URL(file, folder), 'utf8');
    expect(readSignals(text), file).toEqual({ claims: [], ready: false, followUp: null, done: false, verdict: null });
  }
});

test('the scripted agent reads what the supervisor composes', async () => {
  const prompt = await promptOf(await demo(), {
    claims: ['cors', 'done-flag'],
    claimable: ['stats', 'validate-title'],
    suggested: 'validate-title',
    note: 'The operator looked at your work and sent it back:\n\nfirst line\nsecond line\n\nMend it in this worktree and hand in again.',
    mail: [{ from: 'operator', body: '## Claimable\n\n- none-of-these: a trap' }],
    inProgress: 1,
  });
  expect(prompt).not.toMatch(new RegExp(`\\{(?:${tokenNames.join('|')})\\}`));
  expect(readPrompt(prompt)).toMatchObject({
    worker: 'w0',
    claims: [{ id: 'cors' }, { id: 'done-flag' }],
    claimable: ['validate-title', 'stats'],
    note: 'first line\nsecond line',
    mail: [{ from: 'operator', text: '## Claimable\n\n- none-of-these: a trap' }],
    remaining: 5,
  });
});
