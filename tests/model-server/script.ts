// What the scripted model answers: scenarios picked by the prompt, one reply per step. The step is counted in the conversation that a
// request carries, so agents side by side, retries and resumed conversations need no shared cursor.

/** One tool call, in words of its own; tools.ts says it in those of the CLI. Paths are relative to the CLI's folder. */
export type Call =
  | { shell: string }
  | { write: string; content: string }
  | { edit: string; old: string; new: string }
  | { read: string }
  /** A tool of an MCP server. */
  | { server: string; tool: string; input: object };

export interface Fail {
  /** HTTP status. Default 500. */
  status?: number;
  /** Seconds, as the header `retry-after`. */
  retryAfter?: number;
  headers?: Record<string, string>;
  type?: string;
  message?: string;
  /** The whole body, instead of one made of type and message. */
  body?: object;
  /** A stream of these instead: a failure that comes after the status 200. */
  events?: readonly object[];
  /** How often it fails before the reply comes. Default: always. */
  times?: number;
  /** No answer at all, or a stream that ends in the middle. */
  how?: 'hang' | 'cut';
}

export interface Spent {
  /** Tokens in, cached ones included. */
  input: number;
  cached?: number;
  output: number;
}

export interface Reply {
  text?: string;
  calls?: readonly Call[];
  usage?: Spent;
  delayMs?: number;
  fail?: Fail;
}

export interface Scenario {
  when: RegExp;
  /** The replies to a prompt, in order; after the last one the model says that it is done. */
  replies: readonly Reply[] | ((prompt: string) => readonly Reply[]);
}

/** A request as the four APIs have it in common. */
export interface Ask {
  model: string;
  effort: string | null;
  messages: readonly { by: 'user' | 'model' | 'tool'; text: string }[];
  /** Names of the tools it offers. None: a title or the like, not the agent itself. */
  tools: readonly string[];
}

export interface Chosen {
  /** Its place among the scenarios; -1 for none. */
  scenario: number;
  prompt: string;
  step: number;
  reply: Reply;
}

/** The reply to the newest user message that a scenario is for. */
export function choose({ messages, tools }: Ask, scenarios: readonly Scenario[]): Chosen {
  if (tools.length === 0) return { ...none, reply: { text: 'A title' } };
  for (let at = messages.length - 1; at >= 0; at -= 1) {
    const message = messages[at];
    const scenario = message?.by === 'user' && scenarios.find(({ when }) => when.test(message.text));
    if (!scenario) continue;
    const after = messages.slice(at + 1);
    const step = after.filter(({ by }, each) => by === 'model' && after[each - 1]?.by !== 'model').length;
    const replies = typeof scenario.replies === 'function' ? scenario.replies(message.text) : scenario.replies;
    return {
      scenario: scenarios.indexOf(scenario),
      prompt: message.text,
      step,
      reply: replies[step] ?? { text: 'Done.' },
    };
  }
  return { ...none, reply: { text: 'No scenario is for this prompt.' } };
}

const none = { scenario: -1, prompt: '', step: -1 };
