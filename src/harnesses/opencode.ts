// The harness `opencode`: OpenCode, one turn of `opencode run --format json`. Facts of version 1.18.33.
import type { TurnErrorClass, Usage } from '../core/turn.ts';
import type { Harness, HarnessEvent, HarnessReader, McpServer, ReaderContext } from './contract.ts';
import { classOfStatus, resetAfter } from './http-status.ts';
import { ask, checkCli, programPath } from './program.ts';
import { dig, numberAt, objectAt, parseJsonc, parseObject, textAt } from './shape.ts';
import { shortDiff, toolLine } from './tool-line.ts';

const quiet = { OPENCODE_DISABLE_AUTOUPDATE: '1' };

/** What the user has set in the environment, which stands above what is in files, and ours beside it. */
export function opencodeContent(
  { OPENCODE_CONFIG_CONTENT = '' }: Readonly<Record<string, string>>,
  mcp: McpServer | null,
) {
  const own = parseJsonc(OPENCODE_CONFIG_CONTENT) ?? {};
  if (!mcp) return own;
  const { name, command, args, env: environment } = mcp;
  // For a start on a busy machine; while one of its tools tells that it works, it may take longer.
  const server = { type: 'local', command: [command, ...args], environment, enabled: true, timeout: 30_000 };
  const said = dig(own, 'permission');
  const permission = {
    ...(typeof said === 'string' ? { '*': said } : objectAt(own, 'permission')),
    [`${name}_*`]: 'allow',
  };
  return { ...own, mcp: { ...objectAt(own, 'mcp'), [name]: server }, permission };
}

export const opencode: Harness = {
  name: 'opencode',
  bin: 'opencode',
  can: { resume: true, reasoning: true, readOnly: false, mcp: true, hooks: true },
  markdown: true,
  // Its own settings, and the keys of the providers it may be told to use.
  passes:
    /^(?:OPENCODE_(?!SERVER_)\w+|(?:ANTHROPIC|OPENAI|GEMINI|GOOGLE|GOOGLE_GENERATIVE_AI|OPENROUTER|GROQ|MISTRAL|XAI|DEEPSEEK|CEREBRAS|TOGETHER|FIREWORKS|MOONSHOT|ZHIPU)_API_KEY)$/,

  provider: (model) => model.split('/', 1)[0] || null,
  check: (launch, env) => checkCli(launch, env, 'npm install -g opencode-ai'),
  login: {
    how: 'opencode auth login, or set the key of the provider',
    // It lists the models of a provider that is set up, by a login, by a key or in its config, and knows no other.
    async ask({ bin, root, model }, env) {
      const [provider = '', name] = model.split('/', 2);
      if (name === undefined) return null;
      const { ok, problem } = await ask(programPath(bin, root), ['models', provider], { ...quiet, ...env });
      return ok || (problem.includes('Provider not found') ? false : null);
    },
  },

  turn({ bin, args, root, model, reasoning, conversation, prompt, cwd, mcp, environment }) {
    const argv = [
      programPath(bin, root),
      // Without a title of ours it asks the model for one. Without --auto it rejects whatever would be asked, such as ../tasks.
      ...['run', '--format', 'json', '--auto', '--title', 'oompa'],
      // Else it says nothing for the minute that it tries again for.
      ...['--print-logs', '--log-level', 'ERROR'],
      ...(model ? ['-m', model] : []),
      ...(reasoning ? ['--variant', reasoning] : []),
      ...(conversation ? ['-s', conversation] : []),
      ...args,
    ];
    // A prompt among the arguments would arrive quoted and escaped; without one it reads stdin.
    const env = { ...quiet, OPENCODE_CONFIG_CONTENT: JSON.stringify(opencodeContent(environment, mcp)) };
    return { argv, cwd, env, stdin: prompt };
  },

  reader: createReader,

  interactive: async () => (await import('./opencode-tui.ts')).opencodeTui,
};

function createReader({ cwd }: ReaderContext): HarnessReader {
  let conversation = '';
  let over = false;
  let failure: HarnessEvent | null = null;
  const spent: Usage = { inputTokens: 0, outputTokens: 0, costUsd: null };

  const table: Record<string, (event: object) => HarnessEvent[]> = {
    text(event) {
      // What it says in the user's name when it has compacted the conversation.
      const own = dig(event, 'part', 'synthetic') !== true;
      const text = textAt(event, 'part', 'text');
      return own && text ? [{ type: 'text', text }] : [];
    },
    tool_use: (event) => toolEvents(dig(event, 'part'), cwd),
    step_finish(event) {
      addStep(spent, dig(event, 'part'));
      over = textAt(event, 'part', 'reason') !== 'tool-calls';
      return [{ type: 'usage', usage: { ...spent } }, ...(over ? [{ type: 'ended' as const }] : [])];
    },
    error(event) {
      failure = opencodeFailure(dig(event, 'error'));
      return [{ type: 'notice', text: textAt(failure, 'message') }];
    },
  };

  return {
    read(line) {
      const event = parseObject(line);
      const type = textAt(event, 'type');
      if (!event || !Object.hasOwn(table, type)) return [];
      const id = textAt(event, 'sessionID');
      const first: HarnessEvent[] = id && id !== conversation ? [{ type: 'conversation', id }] : [];
      conversation = id || conversation;
      return [...first, ...(table[type]?.(event) ?? [])];
    },
    readError: (line) =>
      /^(?:\u001b\[[\d;]*m)*Error: (?:\u001b\[[\d;]*m)*Session not found/.test(line)
        ? [{ type: 'error', class: 'no_conversation', message: 'Session not found', resetAt: null }]
        : [],
    // After an error it may have got over it by itself: the exit code tells.
    exited(code) {
      if (code !== 0) return failure ? [failure] : [];
      return over ? [] : [{ type: 'error', class: 'protocol', message: 'it ended without a last step', resetAt: null }];
    },
  };
}

/** A tool is told of when it has ended. */
export function toolEvents(part: unknown, cwd: string): HarnessEvent[] {
  const id = textAt(part, 'callID');
  const state = dig(part, 'state');
  const line = toolLine(textAt(part, 'tool'), dig(state, 'input'), cwd);
  const diff = shortDiff(textAt(state, 'metadata', 'diff').split('\n')) || line.diff;
  const ok = textAt(state, 'status') !== 'error' && numberAt(state, 'metadata', 'exit') === 0;
  return [
    { type: 'tool', id, phase: 'started', ok: null, summary: line.summary, ...(diff && { diff }) },
    { type: 'tool', id, phase: 'ended', ok, summary: line.summary },
  ];
}

/** Each step counts for itself. Input is without what was cached, output without reasoning. */
export function addStep(spent: Usage, part: unknown): void {
  const tokens = (...path: string[]) => numberAt(part, 'tokens', ...path);
  spent.inputTokens += tokens('input') + tokens('cache', 'read') + tokens('cache', 'write');
  spent.outputTokens += tokens('output') + tokens('reasoning');
  // 0 is what it says of a model whose price it does not know.
  const cost = numberAt(part, 'cost');
  if (cost > 0) spent.costUsd = (spent.costUsd ?? 0) + cost;
}

const names: Record<string, TurnErrorClass> = {
  ContextOverflowError: 'context_full',
  ProviderAuthError: 'auth',
};

/** An error of its own kind, as one of its class. */
export function opencodeFailure(error: unknown): HarnessEvent {
  const name = textAt(error, 'name');
  const message = textAt(error, 'data', 'message') || name || 'failed without a message';
  const byStatus = classOfStatus(numberAt(error, 'data', 'statusCode'));
  const kind = names[name] ?? byStatus ?? (dig(error, 'data', 'isRetryable') === true ? 'provider' : 'crash');
  const seconds = Number(textAt(error, 'data', 'responseHeaders', 'retry-after'));
  return { type: 'error', class: kind, message, resetAt: kind === 'rate_limit' ? resetAfter(seconds) : null };
}
