// Anthropic Messages, as claude speaks it.
import { type Answer, type Api, type Json, type Sent, textIn } from './api.ts';

export const anthropic: Api = {
  name: 'anthropic',
  matches: (path) => path === '/v1/messages',
  streams: (_, body) => body.stream === true,
  read: (body) => ({
    model: body.model,
    effort: body.output_config?.effort ?? null,
    messages: body.messages.map(({ role, content }: Json) => {
      const result = Array.isArray(content) && content.some((part: Json) => part.type === 'tool_result');
      return { by: role === 'assistant' ? 'model' : result ? 'tool' : 'user', text: textIn(content) };
    }),
    tools: (body.tools ?? []).map(({ name }: Json) => name),
  }),
  write(answer) {
    const { text, calls } = answer;
    const blocks: Sent[] = [];
    const add = (start: Json, delta: Json) => {
      const index = blocks.length / 3;
      blocks.push(
        named({ type: 'content_block_start', index, content_block: start }),
        named({ type: 'content_block_delta', index, delta }),
        named({ type: 'content_block_stop', index }),
      );
    };
    if (text) add({ type: 'text', text: '' }, { type: 'text_delta', text });
    for (const { id, name, input } of calls) {
      const delta = { type: 'input_json_delta', partial_json: JSON.stringify(input) };
      add({ type: 'tool_use', id, name, input: {} }, delta);
    }
    const message = { ...envelope(answer), content: [], stop_reason: null, usage: usageOf(answer, 1) };
    const delta = { stop_reason: stopReason(answer), stop_sequence: null };
    const usage = { output_tokens: answer.usage.output };
    return [
      named({ type: 'message_start', message }),
      ...blocks,
      named({ type: 'message_delta', delta, usage }),
      named({ type: 'message_stop' }),
    ];
  },
  whole: (answer) => ({
    ...envelope(answer),
    content: [
      ...(answer.text ? [{ type: 'text', text: answer.text }] : []),
      ...answer.calls.map(({ id, name, input }) => ({ type: 'tool_use', id, name, input })),
    ],
    stop_reason: stopReason(answer),
    usage: usageOf(answer, answer.usage.output),
  }),
  error: (status, type, message) => ({
    type: 'error',
    error: { type: type ?? types[status] ?? 'api_error', message },
  }),
  aside: (path) => (path === '/v1/messages/count_tokens' ? { input_tokens: 10 } : undefined),
};

const types: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

const named = (data: Json): Sent => ({ event: data.type, data });
const stopReason = ({ calls }: Answer) => (calls.length > 0 ? 'tool_use' : 'end_turn');
const envelope = ({ id, model }: Answer) => ({
  id: `msg_${id}`,
  type: 'message',
  role: 'assistant',
  model,
  stop_sequence: null,
});

function usageOf({ usage: { input, cached = 0 } }: Answer, output: number): Json {
  return {
    input_tokens: input - cached,
    cache_read_input_tokens: cached,
    cache_creation_input_tokens: 0,
    output_tokens: output,
  };
}
