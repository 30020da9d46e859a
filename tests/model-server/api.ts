// What the server needs of one API: how its requests are read and its answers written.
import type { Ask, Spent } from './script.ts';
import type { ToolCall } from './tools.ts';

export interface Api {
  readonly name: 'anthropic' | 'responses' | 'chat' | 'gemini';
  /** Whether a request with this path is for the model. */
  matches(path: string): boolean;
  /** Whether the answer is a stream of server-sent events. */
  streams(path: string, body: Json): boolean;
  read(body: Json, path: string): Ask;
  /** The events of an answer, in order. */
  write(answer: Answer): Sent[];
  /** The same without a stream. */
  whole(answer: Answer): Json;
  error(status: number, type: string | undefined, message: string): Json;
  /** Other requests of a well-behaved CLI, by path. */
  aside?(path: string): Json | undefined;
}

export interface Answer {
  id: string;
  model: string;
  text: string;
  calls: readonly (ToolCall & { id: string })[];
  usage: Spent;
}

/** One server-sent event; without a name only its data is sent. */
export interface Sent {
  event?: string;
  data: Json | string;
}

// biome-ignore lint/suspicious/noExplicitAny: request bodies of four vendors, read leniently; a wrong guess fails the test that made it.
export type Json = any;

/** The text in a message's content, whatever shape the API gives it. */
export function textIn(content: Json): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => (typeof part?.text === 'string' ? part.text : '')).join('\n');
}
