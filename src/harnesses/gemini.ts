// The harness `gemini`: Gemini CLI, one turn with a stream of JSON events. Facts of version 0.61.0.
import type { TurnErrorClass } from '../core/turn.ts';
import type { Harness, HarnessEvent, HarnessReader, ReaderContext } from './contract.ts';
import { geminiHome } from './gemini-home.ts';
import { geminiLogin } from './gemini-login.ts';
import { classOfStatus, resetAfter } from './http-status.ts';
import { checkCli, programPath } from './program.ts';
import { dig, entryOf, numberAt, parseObject, textAt } from './shape.ts';
import { type ToolLine, toolLine } from './tool-line.ts';

export const geminiEnvironment = {
  // Else it starts itself anew, and a signal to the outer process does not reach the inner one.
  GEMINI_CLI_NO_RELAUNCH: 'true',
  // In a folder it does not trust it would ask before each tool, and without a terminal refuse. The operator chose this repository.
  GEMINI_CLI_TRUST_WORKSPACE: 'true',
};

export const gemini: Harness = {
  name: 'gemini',
  bin: 'gemini',
  models: /^gemini-[\w.-]+$/,
  can: { resume: true, reasoning: false, readOnly: false, mcp: true, hooks: true },
  markdown: true,
  passes:
    /^(?:GEMINI_(?!SANDBOX)\w+|GOOGLE_(?:API_KEY|GEMINI_BASE_URL|GENAI_\w+|CLOUD_PROJECT|CLOUD_LOCATION|APPLICATION_CREDENTIALS))$/,

  provider: () => 'google',
  check: (launch, env) => checkCli(launch, env, 'npm install -g @google/gemini-cli'),
  login: {
    how: 'start gemini once and choose how, or set GEMINI_API_KEY',
    ask: async ({ root }, env) => geminiLogin(root, { ...process.env, ...env }),
  },

  turn(request) {
    const { bin, args, root, model, conversation, prompt, cwd } = request;
    const argv = [
      programPath(bin, root),
      ...['-o', 'stream-json', '--yolo'],
      ...(model ? ['-m', model] : []),
      ...(conversation ? ['--resume', conversation] : []),
      ...args,
    ];
    const { env, ...home } = request.mcp ? geminiHome(request) : { env: {} };
    return { argv, cwd, env: { ...geminiEnvironment, ...env }, ...home, stdin: prompt };
  },

  reader: createReader,

  interactive: async () => (await import('./gemini-tui.ts')).geminiTui,
};

function createReader({ cwd }: ReaderContext): HarnessReader {
  const tools = new Map<string, ToolLine>();
  const words = createWords();
  let result: object | null = null;

  const table: Record<string, (event: object) => HarnessEvent[]> = {
    init(event) {
      const id = textAt(event, 'session_id');
      return id ? [{ type: 'conversation', id }] : [];
    },
    message: (event) => (textAt(event, 'role') === 'assistant' ? words.add(textAt(event, 'content')) : []),
    tool_use(event) {
      const id = textAt(event, 'tool_id');
      const line = toolLine(textAt(event, 'tool_name'), dig(event, 'parameters'), cwd);
      tools.set(id, line);
      return [...words.end(), { type: 'tool', id, phase: 'started', ok: null, ...line }];
    },
    tool_result(event) {
      const id = textAt(event, 'tool_id');
      const summary = tools.get(id)?.summary ?? 'tool';
      return [{ type: 'tool', id, phase: 'ended', summary, ok: isOk(event) }];
    },
    error: (event) => [...words.end(), { type: 'notice', text: textAt(event, 'message') }],
    result(event) {
      result = event;
      const stats = dig(event, 'stats');
      const input = numberAt(stats, 'input_tokens');
      // Thoughts count only in the total.
      const output = Math.max(numberAt(stats, 'output_tokens'), numberAt(stats, 'total_tokens') - input);
      const usage = { inputTokens: input, outputTokens: output, costUsd: null };
      return [...words.end(), { type: 'usage', usage }, { type: 'ended' }];
    },
  };

  return {
    read(line) {
      const event = parseObject(line);
      const type = textAt(event, 'type');
      return (event && entryOf(table, type)?.(event)) ?? [];
    },
    readError: (line) =>
      /^Error resuming session: /.test(line)
        ? [{ type: 'error', class: 'no_conversation', message: line, resetAt: null }]
        : [],
    // On SIGTERM it exits 0 as well, without a result.
    exited(code) {
      if (code === 0 && textAt(result, 'status') === 'success') return [];
      const message = textAt(result, 'error', 'message') || exitCodes[code ?? -1]?.[1];
      if (code === 0 && !result)
        return [{ type: 'error', class: 'protocol', message: 'it ended without a result', resetAt: null }];
      const kind = tooLong.test(message ?? '') ? 'context_full' : classOfExit(code);
      if (!message || !kind) return [];
      return [
        { type: 'error', class: kind, message, resetAt: kind === 'rate_limit' ? resetAfter(waitIn(message)) : null },
      ];
    },
  };
}

const tooLong = /input token count.* exceeds the maximum number of tokens/;

const exitCodes: Record<number, [TurnErrorClass, string]> = {
  41: ['auth', 'no valid way to log in is set up'],
  53: ['crash', 'the limit of turns is reached'],
};

/** A failed call exits with its HTTP status, of which a process can tell only the last eight bits. */
function classOfExit(code: number | null): TurnErrorClass | null {
  if (code === null) return null;
  return exitCodes[code]?.[0] ?? (code >= 400 - 256 ? classOfStatus(code + 256) : 'provider');
}

/** A command that fails is told of as a success whose output ends with its code. */
function isOk(event: object): boolean {
  if (textAt(event, 'status') !== 'success') return false;
  return !/(?:^|\n)Command exited with code: (?!0\b)\d+\s*$/.test(textAt(event, 'output'));
}

/** It waits for short limits itself, and says of a long one how long it is. */
function waitIn(message: string): number {
  return Number(/^Suggested retry after (\d+(?:\.\d+)?)s/m.exec(message)?.[1] ?? 0);
}

/** Joins the pieces in which words come to whole lines. */
function createWords() {
  let rest = '';
  return {
    add(piece: string): HarnessEvent[] {
      rest += piece;
      const whole = rest.lastIndexOf('\n');
      if (whole < 0) return [];
      const lines = rest.slice(0, whole);
      rest = rest.slice(whole + 1);
      return [{ type: 'text', text: lines, more: true }];
    },
    end(): HarnessEvent[] {
      const last = rest;
      rest = '';
      return last === '' ? [] : [{ type: 'text', text: last }];
    },
  };
}
