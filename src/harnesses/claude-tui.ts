// The terminal UI of the harness `claude`: opened with hooks of ours, read from their notes and from its transcript. Facts of version 2.1.329.
import type { TurnErrorClass, Usage } from '../core/turn.ts';
import { addUsage, noUsage } from '../core/usage.ts';
import { claudeEnvironment, claudeMcp } from './claude.ts';
import type { Interactive, OpenRequest, TuiEvent, TuiReader } from './contract.ts';
import { hookCommand, hookSeconds, permissionReplies } from './hook.ts';
import { classOfStatus } from './http-status.ts';
import { programPath } from './program.ts';
import { dig, entryOf, listAt, numberAt, parseObject, textAt } from './shape.ts';
import { type ToolLine, toolLine } from './tool-line.ts';

/** Hook → whether it waits for an answer. */
const hooks = {
  SessionStart: false,
  UserPromptSubmit: false,
  PostToolUse: false,
  PostToolUseFailure: false,
  PermissionRequest: true,
  Stop: false,
  StopFailure: false,
};

export const claudeTui: Interactive = {
  quotesPastes: true,

  open({ bin, args, root, model, reasoning, conversation, prompt, cwd, permissions, hook, folder, mcp }: OpenRequest) {
    const settings = {
      hooks: Object.fromEntries(
        Object.entries(hooks).map(([name, waits]) => [
          name,
          [{ hooks: [{ type: 'command', command: hookCommand(hook, name, waits), timeout: hookSeconds(waits) }] }],
        ]),
      ),
      skipDangerousModePermissionPrompt: true,
      ...(mcp && { permissions: { allow: [`mcp__${mcp.name}`] } }),
    };
    const argv = [
      programPath(bin, root),
      ...claudeMcp(mcp),
      ...['--settings', `${folder}/settings.json`],
      // Its own default, `auto`, asks a classifier of the vendor's.
      ...['--permission-mode', permissions === 'skip' ? 'bypassPermissions' : 'default'],
      ...(model ? ['--model', model] : []),
      ...(reasoning ? ['--effort', reasoning] : []),
      ...(conversation ? ['--resume', conversation] : []),
      ...args,
      ...(prompt === null ? [] : [prompt]),
    ];
    return {
      argv,
      cwd,
      env: { ...claudeEnvironment(), CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL: '1' },
      files: { 'settings.json': JSON.stringify(settings) },
    };
  },

  reader: ({ cwd }) => createReader(cwd),

  look({ title, rows }) {
    const shown = rows.slice(-30).join('\n');
    if (/^ *❯ 1\. /m.test(shown) && /Esc to cancel/.test(shown)) return 'needs-you';
    if (/esc to interrupt/.test(shown)) return 'working';
    if (/^[◐◑◒◓⠁-⣿]/u.test(title)) return 'working';
    return /^[✳✻✽✶✢]/u.test(title) ? 'idle' : null;
  },
};

function createReader(cwd: string): TuiReader {
  const tools = new Map<string, ToolLine & { ask: string }>();
  /** Message id → what it used: each of its blocks is a line that tells it again. */
  const used = new Map<string, Usage>();
  let limited = '';

  const assistant = (record: object): TuiEvent[] => {
    const id = textAt(record, 'message', 'id');
    if (dig(record, 'isApiErrorMessage') === true || textAt(record, 'message', 'model') === '<synthetic>') {
      limited =
        listAt(record, 'message', 'content')
          .map((block) => textAt(block, 'text'))
          .join(' ') || limited;
      return [];
    }
    // What a sub-agent says is said to the agent, not to us.
    if (dig(record, 'isSidechain') === true) return [];
    used.set(id, usageOf(record));
    const events = listAt(record, 'message', 'content').flatMap((block): TuiEvent[] => {
      const text = textAt(block, 'text');
      if (textAt(block, 'type') === 'text') return text ? [{ type: 'text', text }] : [];
      if (textAt(block, 'type') !== 'tool_use') return [];
      const name = textAt(block, 'name');
      const line = toolLine(name, dig(block, 'input'), cwd);
      tools.set(textAt(block, 'id'), { ...line, ask: askText(name, dig(block, 'input'), cwd) });
      return [{ type: 'tool', id: textAt(block, 'id'), phase: 'started', ok: null, ...line }];
    });
    return [...events, { type: 'usage', usage: sum(used.values()) }];
  };
  const user = (record: object): TuiEvent[] => {
    if (textAt(record, 'interruptedMessageId') || /^\[Request interrupted by user/.test(firstText(record)))
      return [{ type: 'interrupted' }];
    return listAt(record, 'message', 'content').flatMap((block): TuiEvent[] => {
      const id = textAt(block, 'tool_use_id');
      const line = tools.get(id);
      if (textAt(block, 'type') !== 'tool_result' || !line) return [];
      const ok = dig(block, 'is_error') !== true;
      return [
        { type: 'tool', id, phase: 'ended', summary: line.summary, ok },
        { type: 'answered', text: line.ask },
      ];
    });
  };

  const answered = (body: object): TuiEvent[] => [
    { type: 'answered', text: askText(textAt(body, 'tool_name'), dig(body, 'tool_input'), cwd) },
  ];
  const notes: Record<string, (body: object) => TuiEvent[]> = {
    SessionStart: (body) => begun(body),
    UserPromptSubmit: (body) => [...begun(body), { type: 'prompted' }],
    PermissionRequest: (body) => [askOf(body, cwd)],
    PostToolUse: answered,
    PostToolUseFailure: answered,
    Stop: (body) => [{ type: 'ended', last: textAt(body, 'last_assistant_message') }],
    StopFailure(body) {
      const message = textAt(body, 'last_assistant_message') || limited || textAt(body, 'error');
      return [{ type: 'error', class: classOf(textAt(body, 'error')), message, resetAt: null }, { type: 'ended' }];
    },
  };
  return {
    note: (name, body) => entryOf(notes, name)?.(body) ?? [],
    line(line) {
      const record = parseObject(line);
      if (!record) return [];
      const type = textAt(record, 'type');
      return type === 'assistant' ? assistant(record) : type === 'user' ? user(record) : [];
    },
    exited: (_, screen) =>
      /No conversation found with session ID/.test(screen)
        ? [{ type: 'error', class: 'no_conversation', message: 'it does not know the conversation', resetAt: null }]
        : [],
  };
}

function begun(body: object): TuiEvent[] {
  const id = textAt(body, 'session_id');
  const path = textAt(body, 'transcript_path');
  return [
    ...(id ? [{ type: 'conversation' as const, id }] : []),
    ...(path ? [{ type: 'transcript' as const, path }] : []),
  ];
}

/** Tools that are questions: which answer is wanted only the dialogue can tell. */
const questions: Record<string, (input: unknown) => string> = {
  AskUserQuestion: (input) =>
    listAt(input, 'questions')
      .map((each) => textAt(each, 'question'))
      .join(' ') || 'it has a question',
  ExitPlanMode: () => 'it wants its plan approved',
};

function askOf(body: object, cwd: string): TuiEvent {
  const tool = textAt(body, 'tool_name');
  const input = dig(body, 'tool_input');
  const text = askText(tool, input, cwd);
  if (Object.hasOwn(questions, tool)) return { type: 'asked', kind: 'question', text, replies: null };
  return { type: 'asked', kind: 'permission', text, replies: permissionReplies };
}

function askText(tool: string, input: unknown, cwd: string): string {
  const question = entryOf(questions, tool);
  return question ? question(input) : toolLine(tool, input, cwd).summary;
}

function firstText(record: object): string {
  const content = dig(record, 'message', 'content');
  return typeof content === 'string' ? content : textAt(record, 'message', 'content', 0, 'text');
}

function usageOf(record: object): Usage {
  const tokens = (name: string) => numberAt(record, 'message', 'usage', name);
  return {
    inputTokens: tokens('input_tokens') + tokens('cache_read_input_tokens') + tokens('cache_creation_input_tokens'),
    outputTokens: tokens('output_tokens'),
    costUsd: null,
  };
}

function sum(usages: Iterable<Usage>): Usage {
  return [...usages].reduce(addUsage, noUsage);
}

/** What StopFailure calls the trouble. */
const troubles: Record<string, TurnErrorClass> = {
  rate_limit: 'rate_limit',
  overloaded: 'provider',
  server_error: 'provider',
  authentication_failed: 'auth',
  billing_error: 'auth',
};

function classOf(trouble: string): TurnErrorClass {
  return troubles[trouble] ?? classOfStatus(Number(trouble)) ?? 'provider';
}
