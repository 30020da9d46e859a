// OpenAI chat completions, as opencode speaks it.
import { type Answer, type Api, type Json, textIn } from './api.ts';

export const chat: Api = {
  name: 'chat',
  matches: (path) => path === '/v1/chat/completions',
  streams: (_, body) => body.stream === true,
  read: (body) => ({
    model: body.model,
    effort: body.reasoning_effort ?? null,
    messages: body.messages.map(({ role, content }: Json) => ({
      by: role === 'user' ? 'user' : role === 'assistant' ? 'model' : 'tool',
      text: textIn(content),
    })),
    tools: (body.tools ?? []).map((tool: Json) => tool.function.name),
  }),
  write(answer) {
    const chunk = (rest: Json) => ({ data: { ...envelope(answer, 'chat.completion.chunk'), ...rest } });
    const delta = (delta: Json, finish_reason: string | null = null) =>
      chunk({ choices: [{ index: 0, delta, finish_reason }] });
    return [
      delta({ role: 'assistant', content: answer.text }),
      ...answer.calls.map((call, index) => delta({ tool_calls: [{ index, ...toolOf(call) }] })),
      delta({}, finish(answer)),
      chunk({ choices: [], usage: usageOf(answer) }),
      { data: '[DONE]' },
    ];
  },
  whole: (answer) => ({
    ...envelope(answer, 'chat.completion'),
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: answer.text, tool_calls: answer.calls.map(toolOf) },
        finish_reason: finish(answer),
      },
    ],
    usage: usageOf(answer),
  }),
  error: (_, type, message) => ({ error: { message, type: type ?? null, code: type ?? null } }),
};

const envelope = ({ id, model }: Answer, object: string) => ({ id: `chatcmpl-${id}`, object, created: 0, model });
const finish = ({ calls }: Answer) => (calls.length > 0 ? 'tool_calls' : 'stop');

function toolOf({ id, name, input }: Answer['calls'][number]): Json {
  return { id, type: 'function', function: { name, arguments: JSON.stringify(input) } };
}

function usageOf({ usage: { input, cached = 0, output } }: Answer): Json {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached },
  };
}
