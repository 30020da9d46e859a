// Gemini generateContent and streamGenerateContent, as gemini speaks it.
import { type Answer, type Api, type Json, textIn } from './api.ts';

const pattern = /^\/v1(?:beta)?\/models\/([^:/]+):(streamGenerateContent|generateContent)$/;

export const gemini: Api = {
  name: 'gemini',
  matches: (path) => pattern.test(path),
  streams: (path) => path.endsWith(':streamGenerateContent'),
  read: (body, path) => ({
    model: pattern.exec(path)?.[1] ?? '',
    effort: null,
    messages: body.contents.map(({ role, parts }: Json) => {
      const result = parts.some((part: Json) => part.functionResponse);
      return { by: role === 'model' ? 'model' : result ? 'tool' : 'user', text: textIn(parts) };
    }),
    tools: (body.tools ?? []).flatMap((tool: Json) => (tool.functionDeclarations ?? []).map(({ name }: Json) => name)),
  }),
  write: (answer) => [{ data: gemini.whole(answer) }],
  whole: (answer) => ({
    candidates: [{ content: { role: 'model', parts: partsOf(answer) }, finishReason: 'STOP', index: 0 }],
    usageMetadata: {
      promptTokenCount: answer.usage.input,
      cachedContentTokenCount: answer.usage.cached ?? 0,
      candidatesTokenCount: answer.usage.output,
      totalTokenCount: answer.usage.input + answer.usage.output,
    },
    modelVersion: answer.model,
    responseId: answer.id,
  }),
  error: (status, type, message) => ({
    error: { code: status, message, status: type ?? statuses[status] ?? 'INTERNAL' },
  }),
  aside: (path) => (path.endsWith(':countTokens') ? { totalTokens: 10 } : undefined),
};

const statuses: Record<number, string> = { 400: 'INVALID_ARGUMENT', 401: 'UNAUTHENTICATED', 429: 'RESOURCE_EXHAUSTED' };

function partsOf({ text, calls }: Answer): Json[] {
  return [...(text ? [{ text }] : []), ...calls.map(({ name, input }) => ({ functionCall: { name, args: input } }))];
}
