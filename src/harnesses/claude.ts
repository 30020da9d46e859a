// The harness `claude`: Claude Code, one turn of `claude -p` with a stream of JSON events. Facts of version 2.1.329.
import type { TurnErrorClass, Usage } from '../core/turn.ts';
import type { Harness, HarnessEvent, HarnessReader, McpServer, ReaderContext } from './contract.ts';
import { classOfStatus, resetAt } from './http-status.ts';
import { ask, checkCli, programPath } from './program.ts';
import { dig, entryOf, listAt, numberAt, parseObject, textAt } from './shape.ts';
import { type ToolLine, toolLine } from './tool-line.ts';

/** What it needs however it is driven. */
export function claudeEnvironment(): Record<string, string> {
  // As root it refuses to skip permissions unless this is exactly `1`.
  return { DISABLE_AUTOUPDATER: '1', ...(process.getuid?.() === 0 ? { IS_SANDBOX: '1' } : {}) };
}

/** Beside the operator's own servers. Not to be followed by a word that is no option: it takes several. */
export function claudeMcp(mcp: McpServer | null): string[] {
  if (!mcp) return [];
  const { name, command, args, env } = mcp;
  // Else its tools are names that the model has to look up first.
  const server = { type: 'stdio', command, args, env, alwaysLoad: true };
  return ['--mcp-config', JSON.stringify({ mcpServers: { [name]: server } })];
}

export const claude: Harness = {
  name: 'claude',
  bin: 'claude',
  models: /^(?:claude-[\w.-]+|(?:opus|sonnet|haiku)(?:\[1m\])?|opusplan)$/,
  can: { resume: true, reasoning: true, readOnly: true, mcp: true, hooks: true },
  markdown: true,
  // Not CLAUDECODE and not CLAUDE_CODE_ENTRYPOINT: with them it takes itself for a part of the Claude Code that oompa was started from.
  passes:
    /^(?:ANTHROPIC_\w+|CLAUDE_CONFIG_DIR|CLAUDE_CODE_(?:OAUTH_TOKEN|USE_\w+|SKIP_\w+_AUTH|DISABLE_\w+|MAX_\w+)|API_TIMEOUT_MS|MAX_THINKING_TOKENS|BASH_\w+_TIMEOUT_MS|DISABLE_\w+|CLOUD_ML_REGION|AWS_(?:PROFILE|REGION|BEARER_TOKEN_BEDROCK))$/,

  provider: () => 'anthropic',
  check: (launch, env) => checkCli(launch, env, 'npm install -g @anthropic-ai/claude-code'),
  login: {
    how: 'claude auth login, or set ANTHROPIC_API_KEY',
    async ask({ bin, root }, env) {
      const { text } = await ask(programPath(bin, root), ['auth', 'status'], env);
      const loggedIn = dig(parseObject(text.trim()), 'loggedIn');
      return typeof loggedIn === 'boolean' ? loggedIn : null;
    },
  },

  turn({ bin, args, root, model, reasoning, conversation, readOnly, prompt, cwd, mcp }) {
    const argv = [
      programPath(bin, root),
      ...claudeMcp(mcp),
      ...['-p', '--output-format', 'stream-json', '--verbose', '--dangerously-skip-permissions'],
      ...(model ? ['--model', model] : []),
      ...(reasoning ? ['--effort', reasoning] : []),
      ...(conversation ? ['--resume', conversation] : []),
      // Its shell stays: it may run tests.
      ...(readOnly ? ['--disallowedTools', 'Edit,Write,NotebookEdit'] : []),
      ...args,
    ];
    // Its own ten tries would keep it to itself for three minutes that the provider is away.
    const defaults = { CLAUDE_CODE_MAX_RETRIES: '5' };
    return { argv, cwd, env: claudeEnvironment(), defaults, stdin: prompt };
  },

  reader: createReader,

  interactive: async () => (await import('./claude-tui.ts')).claudeTui,
};

function createReader({ cwd, before }: ReaderContext): HarnessReader {
  const tools = new Map<string, ToolLine>();
  let limitEndsAt: string | null = null;
  let trouble = '';
  let result: object | null = null;

  const assistant = (event: object): HarnessEvent[] => {
    // Its own words about a failed call; the result says so again.
    if (dig(event, 'is_api_error_message') === true || textAt(event, 'message', 'model') === '<synthetic>') {
      trouble = textAt(event, 'error');
      return [];
    }
    const nested = textAt(event, 'parent_tool_use_id') !== '';
    return listAt(event, 'message', 'content').flatMap((block): HarnessEvent[] => {
      const type = textAt(block, 'type');
      // What a sub-agent says is said to the agent, not to us.
      if (type === 'text' && !nested)
        return textAt(block, 'text') ? [{ type: 'text', text: textAt(block, 'text') }] : [];
      if (type !== 'tool_use') return [];
      const id = textAt(block, 'id');
      const line = toolLine(textAt(block, 'name'), dig(block, 'input'), cwd);
      tools.set(id, line);
      return [{ type: 'tool', id, phase: 'started', ok: null, ...line }];
    });
  };
  const user = (event: object): HarnessEvent[] =>
    listAt(event, 'message', 'content').flatMap((block): HarnessEvent[] => {
      if (textAt(block, 'type') !== 'tool_result') return [];
      const id = textAt(block, 'tool_use_id');
      const summary = tools.get(id)?.summary ?? 'tool';
      return [{ type: 'tool', id, phase: 'ended', summary, ok: dig(block, 'is_error') !== true }];
    });
  const system = (event: object): HarnessEvent[] => {
    if (textAt(event, 'subtype') === 'init') {
      const id = textAt(event, 'session_id');
      return id ? [{ type: 'conversation', id }] : [];
    }
    return textAt(event, 'subtype') === 'api_retry' ? [{ type: 'notice', text: retryText(event) }] : [];
  };
  const ended = (event: object): HarnessEvent[] => {
    result = event;
    const failed = dig(event, 'is_error') === false ? [] : [failureOf(event, trouble, limitEndsAt)];
    return [usageEvent(event, before), ...failed, { type: 'ended' }];
  };
  const limit = (event: object): HarnessEvent[] => {
    const info = dig(event, 'rate_limit_info');
    if (textAt(info, 'status') === 'rejected') limitEndsAt = resetAt(numberAt(info, 'resetsAt'));
    return [];
  };
  const table: Record<string, (event: object) => HarnessEvent[]> = {
    system,
    assistant,
    user,
    rate_limit_event: limit,
    result: ended,
  };

  return {
    read(line) {
      const event = parseObject(line);
      const type = textAt(event, 'type');
      return (event && entryOf(table, type)?.(event)) ?? [];
    },
    // An interrupted run exits 0 as well.
    exited: (code) =>
      code === 0 && !result
        ? [{ type: 'error', class: 'protocol', message: 'it ended without a result', resetAt: null }]
        : [],
  };
}

/** Its `subtype` may say "success" of a failed call: only `is_error` counts. */
function failureOf(event: object, trouble: string, resetAt: string | null): HarnessEvent {
  const message = textAt(event, 'result') || listAt(event, 'errors').map(String).join('; ') || textAt(event, 'subtype');
  const kind = classOf(event, trouble, message);
  return { type: 'error', class: kind, message, resetAt: kind === 'rate_limit' ? resetAt : null };
}

/** What it calls the trouble of a failed call, where its status alone says less. */
const troubles: Record<string, TurnErrorClass> = { billing_error: 'auth', overloaded: 'provider' };

function classOf(event: object, trouble: string, message: string): TurnErrorClass {
  if (message.startsWith('No conversation found with session ID')) return 'no_conversation';
  if (textAt(event, 'terminal_reason') === 'prompt_too_long') return 'context_full';
  const known = troubles[trouble] ?? classOfStatus(numberAt(event, 'api_error_status'));
  if (known) return known;
  return textAt(event, 'terminal_reason') === 'api_error' ? 'provider' : 'crash';
}

/** Tokens are of this run; cost is of the conversation so far. */
function usageEvent(event: object, before: Usage | null): HarnessEvent {
  const total = numberAt(event, 'total_cost_usd');
  const spent = before?.costUsd ?? 0;
  const tokens = (name: string) => numberAt(event, 'usage', name);
  return {
    type: 'usage',
    usage: {
      inputTokens: tokens('input_tokens') + tokens('cache_read_input_tokens') + tokens('cache_creation_input_tokens'),
      outputTokens: tokens('output_tokens'),
      costUsd: total >= spent ? total - spent : total,
    },
    total: { inputTokens: 0, outputTokens: 0, costUsd: total },
  };
}

function retryText(event: object): string {
  const status = numberAt(event, 'error_status');
  const why = `${textAt(event, 'error') || 'no answer'}${status ? ` (${status})` : ''}`;
  const waitMs = numberAt(event, 'retry_delay_ms');
  return `${why}: trying again in ${(waitMs / 1_000).toFixed(1)} s (${numberAt(event, 'attempt')}/${numberAt(event, 'max_retries')})`;
}
