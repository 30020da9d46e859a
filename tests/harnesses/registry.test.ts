import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Refusal } from '../../src/core/errors.ts';
import { claude } from '../../src/harnesses/claude.ts';
import { command } from '../../src/harnesses/command.ts';
import type { Harness } from '../../src/harnesses/contract.ts';
import { harnessOf } from '../../src/harnesses/registry.ts';
import { splitWords } from '../../src/harnesses/words.ts';

const thinker: Harness = { ...command, name: 'thinker', can: { ...command.can, reasoning: true } };

test.each([
  ['command:./agent.sh', 'command', './agent.sh', null],
  ['command:node a.mjs --at 10:30:high', 'command', 'node a.mjs --at 10:30:high', null],
  ['thinker', 'thinker', '', null],
  ['thinker:', 'thinker', '', null],
  ['thinker:big', 'thinker', 'big', null],
  ['thinker:big:xhigh', 'thinker', 'big', 'xhigh'],
  ['thinker:router/big:free', 'thinker', 'router/big:free', null],
  ['thinker:router/big:free:low', 'thinker', 'router/big:free', 'low'],
  ['thinker:high', 'thinker', 'high', null],
  ['thinker:big:HIGH', 'thinker', 'big:HIGH', null],
])('%s', (text, name, model, reasoning) => {
  const found = harnessOf(text, {}, [command, thinker]);
  expect([found.harness.name, found.model, found.reasoning]).toEqual([name, model, reasoning]);
});

test('an unknown harness is refused with the known ones and the nearest', () => {
  const refuse = (text: string) => {
    try {
      return harnessOf(text);
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
  };
  expect(refuse('comand:cat')).toMatchObject({
    message: 'unknown harness "comand" in the model "comand:cat"; known: claude, codex, opencode, gemini, command',
    hint: 'did you mean "command:cat"?',
  });
  expect(refuse('gpt-5')).toMatchObject({ hint: 'write one of claude:…, codex:…, opencode:…, gemini:…, command:…' });
});

test('an alias stands for its harness, with what it changes', () => {
  const work = { base: 'claude', bin: 'claude-work', env: { CLAUDE_CONFIG_DIR: '/x' }, args: ['--verbose'] };
  expect(harnessOf('claude-work:opus:high', { 'claude-work': work })).toEqual({
    harness: claude,
    bin: 'claude-work',
    args: ['--verbose'],
    env: { CLAUDE_CONFIG_DIR: '/x' },
    model: 'opus',
    reasoning: 'high',
    provider: 'anthropic',
  });
  expect(harnessOf('gemini2', { gemini2: { base: 'gemini', env: {}, args: [] } })).toMatchObject({ bin: 'gemini' });
  expect(harnessOf('claude:opus', { claude: work })).toMatchObject({ bin: 'claude-work' });
  expect(() => harnessOf('claude-wrk:opus', { 'claude-work': work })).toThrow(
    /unknown harness "claude-wrk".*known: claude-work, claude,/,
  );
  expect(() => harnessOf('x:y', { x: { base: 'claud', env: {}, args: [] } })).toThrow(
    'harnesses.x.base: unknown harness "claud"',
  );
});

test.each([
  ['claude:opus', 'anthropic'],
  ['codex', 'openai'],
  ['gemini:gemini-2.5-pro', 'google'],
  ['opencode:anthropic/opus:high', 'anthropic'],
  ['opencode', null],
  ['command:./agent.sh', null],
  ['cloud:opus', 'bedrock'],
])('%s asks the service of %s', (model, provider) => {
  const cloud = { base: 'claude', env: {}, args: [], provider: 'bedrock' };
  expect(harnessOf(model, { cloud }).provider).toBe(provider);
});

test.each([
  ['a b  c', ['a', 'b', 'c']],
  ['', []],
  [`one 'two three' "four \\"five\\" \\\\ $six"`, ['one', 'two three', 'four "five" \\ $six']],
  [`a\\ b 'it'\\''s' x"y"z`, ['a b', "it's", 'xyz']],
  [`'' ""`, ['', '']],
  ['a;b $(c) *', ['a;b', '$(c)', '*']],
])('splits %s', (line, words) => expect(splitWords(line)).toEqual(words));

test('an unfinished quote is refused', () => {
  for (const line of ["'a", '"a', 'a \\', '"a\\"']) expect(() => splitWords(line)).toThrow(Refusal);
});

test('any words, each in single quotes, come back', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (words) => {
      const line = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
      expect(splitWords(line)).toEqual(words);
    }),
  );
});
