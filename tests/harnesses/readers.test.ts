// What the captures of whole turns do not show: each CLI's corners, with lines that it was seen to print.
import { expect, test } from 'vitest';
import type { HarnessEvent } from '../../src/harnesses/contract.ts';
import { harnesses } from '../../src/harnesses/registry.ts';

function readerOf(name: string) {
  const reader = harnesses.find((each) => each.name === name)?.reader({ cwd: '/tree', before: null });
  if (!reader) throw new Error(`no harness ${name}`);
  return {
    ...reader,
    feed: (...events: object[]): HarnessEvent[] => events.flatMap((each) => reader.read(JSON.stringify(each))),
  };
}

const failed = (message: string) => readerOf('codex').feed({ type: 'turn.failed', error: { message } })[0];
const limit =
  'You’ve hit your usage limit. Visit https://chatgpt.com/settings/usage to purchase more credits or try again at';

test('codex: the forms of its failures', () => {
  expect(failed('Connection failed: error sending request')).toMatchObject({ class: 'provider' });
  expect(failed('unexpected status 401 Unauthorized: Bad key., url: http://x')).toMatchObject({ class: 'auth' });
  expect(failed('unexpected status 503 Service Unavailable: x')).toMatchObject({ class: 'provider' });
  const busy = 'exceeded retry limit, last status: 429 Too Many Requests';
  expect(failed(busy)).toMatchObject({ class: 'rate_limit', message: busy, resetAt: null });
  expect(failed('Quota exceeded. Check your plan and billing details.')).toMatchObject({ class: 'rate_limit' });
  expect(failed('something about 401 and 429')).toMatchObject({ class: 'crash' });
});

test('codex: when a limit ends, of the clock, of a date, after seconds', () => {
  const resetAt = (message: string) => Date.parse((failed(message) as { resetAt?: string }).resetAt ?? '');
  expect(resetAt(`${limit} Nov 26th, 2036 3:31 AM.`)).toBe(new Date(2036, 10, 26, 3, 31).getTime());
  expect(resetAt(`${limit} Jan 1st, 2037 12:05 PM.`)).toBe(new Date(2037, 0, 1, 12, 5).getTime());
  const hour = resetAt(`${limit} 5:26 AM.`);
  expect(new Date(hour).toTimeString()).toMatch(/^05:26:00/);
  expect(hour - Date.now()).toBeGreaterThan(0);
  expect(hour - Date.now()).toBeLessThan(25 * 3_600_000);
  const soon = resetAt('rate limit exceeded: Rate limit reached for gpt. Please try again in 20s.') - Date.now();
  expect(soon).toBeGreaterThan(15_000);
  expect(soon).toBeLessThan(20_001);
});

test('codex: retries and warnings are shown and are no failure', () => {
  const message = 'Reconnecting... 1/5 (exceeded retry limit, last status: 429 Too Many Requests)';
  const { feed } = readerOf('codex');
  expect(feed({ type: 'error', message })).toEqual([{ type: 'notice', text: message }]);
  expect(feed({ type: 'item.completed', item: { type: 'error', message: 'clamping' } })).toEqual([
    { type: 'notice', text: 'clamping' },
  ]);
});

test('claude: what a sub-agent says is not its own word, its tools are shown', () => {
  const content = [
    { type: 'text', text: 'COMPLETE_AND_READY_FOR_MERGE' },
    { type: 'tool_use', id: 't', name: 'Grep', input: { pattern: 'x  y' } },
  ];
  expect(readerOf('claude').feed({ type: 'assistant', parent_tool_use_id: 'toolu_1', message: { content } })).toEqual([
    { type: 'tool', id: 't', phase: 'started', summary: 'Grep x y', ok: null },
  ]);
});

test('claude: an interrupted run exits 0 and is no success', () => {
  const { feed } = readerOf('claude');
  expect(feed({ type: 'result', subtype: 'error_during_execution', is_error: true, errors: [] })).toMatchObject([
    { type: 'usage' },
    { type: 'error', class: 'crash', message: 'error_during_execution' },
    { type: 'ended' },
  ]);
});

test('claude: no connection is the provider, and its retries are told', () => {
  const { feed } = readerOf('claude');
  const retry = { attempt: 1, max_retries: 10, retry_delay_ms: 1_524, error_status: null, error: 'unknown' };
  expect(feed({ type: 'system', subtype: 'api_retry', ...retry })).toEqual([
    { type: 'notice', text: 'unknown: trying again in 1.5 s (1/10)' },
  ]);
  const result = { subtype: 'success', is_error: true, api_error_status: null, terminal_reason: 'api_error' };
  expect(feed({ type: 'result', ...result, result: 'API Error: Connection refused' })[1]).toMatchObject({
    class: 'provider',
    message: 'API Error: Connection refused',
  });
});

test('claude: an empty account needs a person, like a login', () => {
  const { feed } = readerOf('claude');
  feed({ type: 'assistant', is_api_error_message: true, error: 'billing_error', message: { model: '<synthetic>' } });
  const result = { subtype: 'success', is_error: true, api_error_status: 400, terminal_reason: 'api_error' };
  expect(feed({ type: 'result', ...result, result: 'Credit balance is too low' })[1]).toMatchObject({ class: 'auth' });
  const other = { ...result, result: 'API Error: 400 some other bad request' };
  expect(readerOf('claude').feed({ type: 'result', ...other })[1]).toMatchObject({ class: 'protocol' });
});

test('gemini: words come in pieces and leave as whole lines', () => {
  const { feed } = readerOf('gemini');
  const say = (content: string) => feed({ type: 'message', role: 'assistant', content, delta: true });
  expect(say('I will ')).toEqual([]);
  expect(say('look.\nThen CLA')).toEqual([{ type: 'text', text: 'I will look.', more: true }]);
  expect(say('IM(a)')).toEqual([]);
  expect(feed({ type: 'tool_use', tool_name: 'glob', tool_id: '1', parameters: { pattern: '*' } })).toMatchObject([
    { type: 'text', text: 'Then CLAIM(a)' },
    { type: 'tool', summary: 'glob *' },
  ]);
  expect(feed({ type: 'message', role: 'user', content: 'CLAIM(b)\n' })).toEqual([]);
});

test('gemini: its exit code tells what failed', () => {
  const after = (code: number, message = 'x') => {
    const reader = readerOf('gemini');
    if (message) reader.feed({ type: 'result', status: 'error', error: { message } });
    return reader.exited?.(code);
  };
  expect(after(1, '[API Error: exception TypeError: fetch failed sending request]')).toMatchObject([
    { class: 'provider' },
  ]);
  expect(after(247)).toMatchObject([{ class: 'provider' }]);
  expect(after(147)).toMatchObject([{ class: 'auth' }]);
  expect(after(173)).toMatchObject([{ class: 'rate_limit', resetAt: null }]);
  expect(after(41, '')).toMatchObject([{ class: 'auth', message: 'no valid way to log in is set up' }]);
  expect(after(42, '')).toEqual([]);
});

test('opencode: what it says in the user’s name is not its own, and an error that it gets over is none', () => {
  const reader = readerOf('opencode');
  const sessionID = 's';
  const error = { name: 'APIError', data: { message: 'Oops.', statusCode: 500, isRetryable: true } };
  expect(reader.feed({ type: 'error', sessionID, error })).toEqual([
    { type: 'conversation', id: 's' },
    { type: 'notice', text: 'Oops.' },
  ]);
  expect(reader.feed({ type: 'text', sessionID, part: { synthetic: true, text: '__DONE__' } })).toEqual([]);
  expect(reader.exited?.(1)).toMatchObject([{ class: 'provider', message: 'Oops.' }]);
  reader.feed({ type: 'step_finish', sessionID, part: { reason: 'stop' } });
  expect(reader.exited?.(0)).toEqual([]);
});
