// OpenAI Responses, as codex speaks it.
import { type Answer, type Api, type Json, type Sent, textIn } from './api.ts';

export const responses: Api = {
  name: 'responses',
  matches: (path) => path === '/v1/responses',
  streams: () => true,
  read: (body) => ({
    model: body.model,
    effort: body.reasoning?.effort ?? null,
    messages: body.input.map((item: Json) => ({ by: speakerOf(item), text: textIn(item.content) })),
    tools: toolsOf(body).flatMap(({ name }) => name ?? []),
  }),
  write(answer) {
    const items = itemsOf(answer);
    return [
      { event: 'response.created', data: { type: 'response.created', response: { id: `resp_${answer.id}` } } },
      ...items.flatMap((item, output_index): Sent[] => [
        named({ type: 'response.output_item.added', output_index, item }),
        named({ type: 'response.output_item.done', output_index, item }),
      ]),
      named({ type: 'response.completed', response: responses.whole(answer) }),
    ];
  },
  whole: (answer) => ({
    id: `resp_${answer.id}`,
    object: 'response',
    status: 'completed',
    model: answer.model,
    output: itemsOf(answer),
    usage: {
      input_tokens: answer.usage.input,
      input_tokens_details: { cached_tokens: answer.usage.cached ?? 0 },
      output_tokens: answer.usage.output,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: answer.usage.input + answer.usage.output,
    },
  }),
  error: (_, type, message) => ({ error: { message, type: type ?? null, code: type ?? null, param: null } }),
  aside: (path) => (path === '/v1/models' ? { object: 'list', data: [], models: [] } : undefined),
};

const named = (data: Json): Sent => ({ event: data.type, data });

function speakerOf({ type, role }: Json): 'user' | 'model' | 'tool' {
  if (typeof type === 'string' && type.endsWith('_output')) return 'tool';
  return role === 'user' ? 'user' : role === 'assistant' || role === undefined ? 'model' : 'tool';
}

/** In the body, or among its input, there in namespaces. */
function toolsOf({ tools = [], input }: Json): Json[] {
  const added = input.flatMap((item: Json) => (item.type === 'additional_tools' ? item.tools : []));
  return [...tools, ...added].flatMap((tool) => (tool.type === 'namespace' ? tool.tools : tool));
}

/** A tool of an MCP server stands in a namespace. */
function spaced(whole: string): { name: string; namespace?: string } {
  const [, namespace, name] = /^(mcp__\w+?)__(.+)$/.exec(whole) ?? [];
  return namespace && name ? { namespace, name } : { name: whole };
}

function itemsOf({ id, text, calls }: Answer): Json[] {
  const message = { type: 'message', role: 'assistant', id: `msg_${id}`, content: [{ type: 'output_text', text }] };
  return [
    ...(text ? [message] : []),
    ...calls.map(({ id: call_id, name, input }) =>
      typeof input === 'string'
        ? { type: 'custom_tool_call', id: `ctc_${call_id}`, call_id, name, input }
        : { type: 'function_call', id: `fc_${call_id}`, call_id, ...spaced(name), arguments: JSON.stringify(input) },
    ),
  ];
}
