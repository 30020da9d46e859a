// The harness `codex`: Codex CLI, one turn of `codex exec --json`. Facts of version 0.169.0.
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { TurnErrorClass, Usage } from '../core/turn.ts';
import type { Harness, HarnessEvent, HarnessReader, McpServer, ReaderContext } from './contract.ts';
import { classOfStatus, resetAfter } from './http-status.ts';
import { ask, checkCli, programPath } from './program.ts';
import { dig, entryOf, listAt, numberAt, parseObject, textAt } from './shape.ts';
import { type ToolLine, toolLine, within } from './tool-line.ts';

/** Beside those of its `config.toml`. It does not wait for it, and tells the model when its tools are there. */
export function codexMcp(mcp: McpServer | null): string[] {
  if (!mcp) return [];
  const table = (entries: object) =>
    `{${Object.entries(entries)
      .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
      .join(',')}}`;
  const settings = {
    command: JSON.stringify(mcp.command),
    args: JSON.stringify(mcp.args),
    env: table(mcp.env),
    default_tools_approval_mode: '"approve"',
    // For a start on a busy machine, and longer than any of its tools takes.
    startup_timeout_sec: '30',
    tool_timeout_sec: '600',
  };
  return Object.entries(settings).flatMap(([key, value]) => ['-c', `mcp_servers.${mcp.name}.${key}=${value}`]);
}

export const codex: Harness = {
  name: 'codex',
  bin: 'codex',
  models: /^(?:gpt-[\w.-]+|o\d[\w.-]*|codex-[\w.-]+)$/,
  can: { resume: true, reasoning: true, readOnly: true, mcp: true, hooks: true },
  markdown: true,
  passes: /^(?:CODEX_(?:HOME|API_KEY|ACCESS_TOKEN|CA_CERTIFICATE)|OPENAI_(?:API_KEY|ORGANIZATION|PROJECT))$/,

  provider: () => 'openai',
  check: (launch, env) => checkCli(launch, env, 'npm install -g @openai/codex'),
  login: {
    how: 'codex login, or set CODEX_API_KEY',
    async ask({ bin, root }, env) {
      const variables = { ...process.env, ...env };
      if (variables.CODEX_API_KEY) return true;
      const { ok } = await ask(programPath(bin, root), ['login', 'status'], env);
      return ok || (hasOwnProvider(variables) ? null : false);
    },
  },

  turn({ bin, args, root, model, reasoning, conversation, readOnly, prompt, cwd, mcp }) {
    const argv = [
      programPath(bin, root),
      'exec',
      ...(conversation ? ['resume'] : []),
      '--json',
      ...(readOnly ? ['-c', 'sandbox_mode="read-only"'] : ['--dangerously-bypass-approvals-and-sandbox']),
      '--skip-git-repo-check',
      // Else it tries a refused connection again for ever.
      ...['-c', 'features.unbounded_connection_retries=false'],
      ...codexMcp(mcp),
      ...(model ? ['-m', model] : []),
      ...(reasoning ? ['-c', `model_reasoning_effort=${JSON.stringify(reasoning)}`] : []),
      ...args,
      ...(conversation ? [conversation] : []),
      '-',
    ];
    return { argv, cwd, env: {}, stdin: prompt };
  },

  reader: createReader,

  interactive: async () => (await import('./codex-tui.ts')).codexTui,
};

/** A provider of the user's own works without a login. */
function hasOwnProvider({ CODEX_HOME, HOME = homedir() }: NodeJS.ProcessEnv): boolean {
  try {
    return /^model_provider\s*=/m.test(readFileSync(join(CODEX_HOME || join(HOME, '.codex'), 'config.toml'), 'utf8'));
  } catch {
    return false;
  }
}

function createReader({ cwd, before }: ReaderContext): HarnessReader {
  let over = false;

  const item = (phase: 'started' | 'ended', event: object): HarnessEvent[] => {
    const found = dig(event, 'item');
    const type = textAt(found, 'type');
    if (type === 'agent_message')
      return phase === 'ended' && textAt(found, 'text') ? [{ type: 'text', text: textAt(found, 'text') }] : [];
    // A warning, whatever it is called.
    if (type === 'error') return phase === 'ended' ? [{ type: 'notice', text: textAt(found, 'message') }] : [];
    const line = lineOf(type, found, cwd);
    if (!line) return [];
    const ok = phase === 'ended' ? textAt(found, 'status') !== 'failed' : null;
    return [{ type: 'tool', id: textAt(found, 'id'), phase, ok, ...line }];
  };
  const ended = (events: HarnessEvent[]): HarnessEvent[] => {
    over = true;
    return [...events, { type: 'ended' }];
  };
  const table: Record<string, (event: object) => HarnessEvent[]> = {
    'thread.started': (event) => {
      const id = textAt(event, 'thread_id');
      return id ? [{ type: 'conversation', id }] : [];
    },
    'item.started': (event) => item('started', event),
    'item.completed': (event) => item('ended', event),
    // Retries, and the last one's failure, which turn.failed says again.
    error: (event) => [{ type: 'notice', text: textAt(event, 'message') }],
    'turn.failed': (event) => ended([codexFailure(textAt(event, 'error', 'message'))]),
    'turn.completed': (event) => ended([usageEvent(event, before)]),
  };

  return {
    read(line) {
      const event = parseObject(line);
      const type = textAt(event, 'type');
      return (event && entryOf(table, type)?.(event)) ?? [];
    },
    readError: (line) =>
      /^Error: .*no rollout found for thread id/.test(line)
        ? [{ type: 'error', class: 'no_conversation', message: line, resetAt: null }]
        : [],
    exited: (code) =>
      code === 0 && !over
        ? [{ type: 'error', class: 'protocol', message: 'it ended without turn.completed', resetAt: null }]
        : [],
  };
}

function lineOf(type: string, item: unknown, cwd: string): ToolLine | null {
  if (type === 'command_execution') return toolLine('shell', { command: commandOf(textAt(item, 'command')) }, cwd);
  if (type === 'file_change') {
    const changes = listAt(item, 'changes').map(
      (change) => `${textAt(change, 'kind')} ${within(textAt(change, 'path'), cwd)}`,
    );
    return toolLine('patch', { name: changes.join(', ') }, cwd);
  }
  if (type === 'mcp_tool_call') return toolLine(`${textAt(item, 'server')}.${textAt(item, 'tool')}`, {}, cwd);
  if (type === 'web_search') return toolLine('web search', { query: textAt(item, 'query') }, cwd);
  return null;
}

/** It wraps what the model wants to run in `/bin/bash -lc '…'`. */
function commandOf(command: string): string {
  const [, quote = '', inner] = /^\S*\/(?:ba|z)?sh -lc (?:(['"])(.*)\1|(.*))$/s.exec(command) ?? [];
  return inner === undefined ? command.replace(/^\S*\/(?:ba|z)?sh -lc /, '') : inner.replaceAll(`\\${quote}`, quote);
}

// The event of a failed turn holds nothing but a message; these are the forms that the program itself gives it.
const forms: readonly [RegExp, TurnErrorClass][] = [
  [/^You.ve hit your usage limit|^Quota exceeded|^rate limit exceeded/, 'rate_limit'],
  [/^Codex ran out of room in the model's context window/, 'context_full'],
  [
    /^We.re currently experiencing high demand|^stream disconnected|^error sending request|^connection failed/i,
    'provider',
  ],
];

/** What it says of a failed turn, as an error of its class. */
export function codexFailure(message: string): HarnessEvent {
  const status = /^(?:unexpected status |exceeded retry limit, last status:? ?)(\d{3})/.exec(message)?.[1];
  const byStatus = status === undefined ? null : classOfStatus(Number(status));
  const kind = byStatus ?? forms.find(([form]) => form.test(message))?.[1] ?? 'crash';
  return { type: 'error', class: kind, message, resetAt: kind === 'rate_limit' ? resetIn(message) : null };
}

/** `try again at 4:09 AM`, `try again at Nov 22nd, 2026 4:09 AM` (local time), `try again in 20s`. */
function resetIn(message: string): string | null {
  const [, seconds] = /try again in (\d+(?:\.\d+)?)s\b/.exec(message) ?? [];
  if (seconds) return resetAfter(Number(seconds));
  const [, day, clock] = /try again at (?:(\w{3} \d{1,2})\w\w, )?((?:\d{4} )?\d{1,2}:\d\d [AP]M)/.exec(message) ?? [];
  if (!clock) return null;
  const now = new Date();
  const today = `${now.toLocaleString('en-US', { month: 'short', day: 'numeric' })} ${now.getFullYear()}`;
  const at = new Date(`${day ?? today} ${clock}`);
  if (Number.isNaN(at.getTime())) return null;
  // Without a date it is the next time that the clock shows this.
  if (!day && at < now) at.setDate(at.getDate() + 1);
  return at.toISOString();
}

/** It counts over the whole thread; input includes what was cached, output what was reasoned. */
function usageEvent(event: object, before: Usage | null): HarnessEvent {
  const total: Usage = {
    inputTokens: numberAt(event, 'usage', 'input_tokens'),
    outputTokens: numberAt(event, 'usage', 'output_tokens'),
    costUsd: null,
  };
  const since = (name: 'inputTokens' | 'outputTokens') =>
    total[name] >= (before?.[name] ?? 0) ? total[name] - (before?.[name] ?? 0) : total[name];
  const usage = { inputTokens: since('inputTokens'), outputTokens: since('outputTokens'), costUsd: null };
  return { type: 'usage', usage, total };
}
