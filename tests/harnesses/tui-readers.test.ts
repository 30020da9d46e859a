// What notes and transcript lines of the CLIs' own terminal UIs mean: lines as the CLIs write them, shortened.
import { describe, expect, test } from 'vitest';
import type { TuiEvent, TuiReader } from '../../src/harnesses/contract.ts';
import { harnesses } from '../../src/harnesses/registry.ts';

const readerOf = async (name: string): Promise<TuiReader> => {
  const tui = await harnesses.find((each) => each.name === name)?.interactive?.();
  if (!tui) throw new Error(`${name} has no terminal UI`);
  return tui.reader({ cwd: '/w', before: null });
};
const lines = (reader: TuiReader, ...records: object[]): TuiEvent[] =>
  records.flatMap((record) => reader.line(JSON.stringify(record)));
const usage = (inputTokens: number, outputTokens: number) => ({
  type: 'usage',
  usage: { inputTokens, outputTokens, costUsd: null },
});

describe('claude', () => {
  const block = (content: object, more: object = {}) => ({
    type: 'assistant',
    message: { id: 'm1', model: 'x', content: [content], usage: { input_tokens: 10, output_tokens: 2 } },
    ...more,
  });

  test('a message that comes as several lines counts once; a sub-agent is not heard', async () => {
    const reader = await readerOf('claude');
    const found = lines(
      reader,
      block({ type: 'text', text: 'Hello.' }),
      block({ type: 'tool_use', id: 't1', name: 'Write', input: { file_path: '/w/a', content: 'x' } }),
      block({ type: 'text', text: 'Inner.' }, { isSidechain: true }),
      { type: 'user', message: { content: [{ type: 'tool_result', tool_use_id: 't1' }] } },
    );
    expect(found).toMatchObject([
      { type: 'text', text: 'Hello.' },
      usage(10, 2),
      { type: 'tool', phase: 'started', summary: 'Write a +1 -0' },
      usage(10, 2),
      { type: 'tool', phase: 'ended', ok: true },
      { type: 'answered', text: 'Write a +1 -0' },
    ]);
  });

  test('asks, with what its hook prints for each answer; a question only its dialogue answers', async () => {
    const reader = await readerOf('claude');
    const [ask] = reader.note('PermissionRequest', { tool_name: 'Bash', tool_input: { command: 'rm -r x' } });
    expect(ask).toMatchObject({ type: 'asked', kind: 'permission', text: 'Bash rm -r x' });
    const allow = ask?.type === 'asked' ? ask.replies?.allow : '';
    expect(JSON.parse(allow ?? '').hookSpecificOutput.decision).toEqual({ behavior: 'allow' });
    const question = { tool_name: 'AskUserQuestion', tool_input: { questions: [{ question: 'Which one?' }] } };
    expect(reader.note('PermissionRequest', question)).toEqual([
      { type: 'asked', kind: 'question', text: 'Which one?', replies: null },
    ]);
    expect(reader.note('PostToolUse', question)).toEqual([{ type: 'answered', text: 'Which one?' }]);
  });

  test('the end, an interruption and a failed call are told apart', async () => {
    const reader = await readerOf('claude');
    expect(reader.note('Stop', { last_assistant_message: 'Done.' })).toEqual([{ type: 'ended', last: 'Done.' }]);
    const interrupted = { content: [{ type: 'text', text: '[Request interrupted by user for tool use]' }] };
    expect(lines(reader, { type: 'user', message: interrupted })).toEqual([{ type: 'interrupted' }]);
    // A person, or a tool, may say the same words.
    expect(lines(reader, { type: 'user', message: { content: 'about [Request interrupted by user' } })).toEqual([]);
    expect(reader.note('StopFailure', { error: 'rate_limit', last_assistant_message: 'Slow down.' })).toEqual([
      { type: 'error', class: 'rate_limit', message: 'Slow down.', resetAt: null },
      { type: 'ended' },
    ]);
    expect(reader.exited?.(1, 'No conversation found with session ID: x')).toMatchObject([
      { class: 'no_conversation' },
    ]);
  });
});

describe('codex', () => {
  const event = (payload: object) => ({ type: 'event_msg', payload });

  test('its rollout tells text, tokens of the turn, the end and why it failed', async () => {
    const reader = await readerOf('codex');
    const message = { type: 'AgentMessage', content: [{ type: 'Text', text: 'Hello.' }] };
    const tokens = { turn_token_usage: { input_tokens: 30, output_tokens: 4 } };
    const error = { message: 'unexpected status 401 Unauthorized: Bad key.' };
    expect(
      lines(
        reader,
        event({ type: 'item_completed', item: message }),
        { type: 'token_usage_record', payload: tokens },
        event({ type: 'task_complete' }),
        event({ type: 'task_complete', error }),
        event({ type: 'turn_aborted', reason: 'interrupted' }),
      ),
    ).toMatchObject([
      { type: 'text', text: 'Hello.' },
      usage(30, 4),
      { type: 'ended' },
      { type: 'error', class: 'auth' },
      { type: 'ended' },
      { type: 'interrupted' },
    ]);
  });

  test('a patch is asked about by its files', async () => {
    const reader = await readerOf('codex');
    const command = '*** Begin Patch\n*** Add File: /w/a.txt\n+hi\n*** Update File: b.txt\n*** End Patch';
    const body = { tool_name: 'apply_patch', tool_input: { command } };
    expect(reader.note('PermissionRequest', body)).toMatchObject([{ text: 'patch add a.txt, update b.txt' }]);
    expect(reader.note('PostToolUse', body).at(-1)).toEqual({
      type: 'answered',
      text: 'patch add a.txt, update b.txt',
    });
  });
});

describe('gemini', () => {
  const message = (id: string, content: string, tokens = { input: 10, output: 1, total: 12 }) => ({
    ...{ id, type: 'gemini', content, tokens },
  });

  test('a message that is told again is said once, and counts once', async () => {
    const reader = await readerOf('gemini');
    const found = lines(reader, message('1', 'First.'), message('1', 'First.'), message('2', 'Then.'));
    expect(found.filter(({ type }) => type === 'text')).toEqual([
      { type: 'text', text: 'First.' },
      { type: 'text', text: 'Then.' },
    ]);
    // Thoughts count only in the total.
    expect(found.at(-1)).toMatchObject(usage(20, 4));
    expect(reader.note('AfterAgent', { prompt_response: 'First.\nThen.' })).toEqual([{ type: 'ended' }]);
  });

  test('what the chat file has not told, the last note does', async () => {
    const reader = await readerOf('gemini');
    expect(reader.note('AfterAgent', { prompt_response: 'All.' })).toEqual([
      { type: 'text', text: 'All.' },
      { type: 'ended' },
    ]);
    expect(lines(reader, { type: 'info', content: 'Request cancelled.' })).toEqual([{ type: 'interrupted' }]);
  });
});

describe('opencode', () => {
  test('the words of the user are not those of the agent, and a part is said once', async () => {
    const reader = await readerOf('opencode');
    const part = (id: string, text: string) => ({ part: { id, type: 'text', text } });
    const found = [
      ...reader.note('message.part.updated', part('p0', 'the prompt')),
      ...reader.note('prompted', { sessionID: 's1' }),
      ...reader.note('message.part.updated', part('p1', 'Hello.')),
      ...reader.note('message.part.updated', part('p1', 'Hello.')),
      ...reader.note('session.status', { status: { type: 'idle' } }),
    ];
    expect(found).toEqual([
      { type: 'conversation', id: 's1' },
      { type: 'prompted' },
      { type: 'text', text: 'Hello.' },
      { type: 'ended' },
    ]);
  });

  test('an aborted message is an interruption, any other trouble an error', async () => {
    const reader = await readerOf('opencode');
    expect(reader.note('session.error', { error: { name: 'MessageAbortedError' } })).toEqual([{ type: 'interrupted' }]);
    const refused = { name: 'APIError', data: { statusCode: 401, message: 'Bad key.' } };
    expect(reader.note('session.error', { error: refused })).toMatchObject([{ type: 'error', class: 'auth' }]);
  });
});

test.each(['claude', 'codex', 'gemini', 'opencode'])('%s: what is not understood means nothing', async (name) => {
  const reader = await readerOf(name);
  for (const line of ['', 'x', '{', '[]', 'null', '{"type":"__proto__"}', '{"type":"toString"}', '{"type":7}'])
    expect(reader.line(line)).toEqual([]);
  for (const note of ['toString', '__proto__', 'Nothing']) expect(reader.note(note, {})).toEqual([]);
});
