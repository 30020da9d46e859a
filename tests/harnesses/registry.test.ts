import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Refusal } from '../../src/core/errors.ts';
import { claude } from '../../src/harnesses/claude.ts';
import { command } from '../../src/harnesses/command.ts';
import type { Harness } from '../../src/harnesses/contract.ts';
import { harnesses, harnessOf, wholeModel } from '../../src/harnesses/registry.ts';
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

test.each([
  ['gpt-5', 'codex', 'gpt-5', null],
  ['gpt-5.4:xhigh', 'codex', 'gpt-5.4', 'xhigh'],
  ['o4-mini', 'codex', 'o4-mini', null],
  ['opus', 'claude', 'opus', null],
  ['sonnet:high', 'claude', 'sonnet', 'high'],
  ['claude-opus-4-5', 'claude', 'claude-opus-4-5', null],
  ['gemini-2.5-flash', 'gemini', 'gemini-2.5-flash', null],
  ['gemini:gemini-2.5-flash', 'gemini', 'gemini-2.5-flash', null],
  ['codex:gpt-5.3-codex:medium', 'codex', 'gpt-5.3-codex', 'medium'],
  ['opencode:openrouter/x:free', 'opencode', 'openrouter/x:free', null],
  ['codex:', 'codex', '', null],
  ['codex:high', 'codex', 'high', null],
  ['codex:m:MEDIUM', 'codex', 'm:MEDIUM', null],
])('%s, as it stands in files of the original', (text, name, model, reasoning) => {
  const found = harnessOf(text);
  expect([found.harness.name, found.model, found.reasoning]).toEqual([name, model, reasoning]);
  expect(harnessOf(wholeModel(text))).toEqual(found);
});

test('a bare name is written out, no two harnesses claim it, and an alias comes first', () => {
  expect(wholeModel('gpt-5.4:xhigh')).toBe('codex:gpt-5.4:xhigh');
  expect(wholeModel('opus')).toBe('claude:opus');
  expect(wholeModel('opus', { opus: { base: 'command', bin: 'x', env: {}, args: [] } })).toBe('opus');
  for (const name of ['gpt-5', 'o3', 'opus', 'sonnet', 'haiku', 'claude-3-5-haiku-latest', 'gemini-2.5-pro'])
    expect(harnesses.filter((each) => each.models?.test(name))).toHaveLength(1);
  for (const unknown of ['foo:bar', 'gpt-5:free', 'gtp-5'])
    expect(() => wholeModel(unknown)).toThrow(/unknown harness/);
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
  expect(refuse('mistral-9')).toMatchObject({
    hint: 'write one of claude:…, codex:…, opencode:…, gemini:…, command:…',
  });
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
