// The terminal UI of the harness `codex`: opened with hooks of ours, read from their notes and from its rollout file. Facts of version 0.169.0.

import { codexFailure, codexMcp } from './codex.ts';
import type { Interactive, OpenRequest, TuiEvent, TuiReader } from './contract.ts';
import { hookCommand, hookSeconds, permissionReplies } from './hook.ts';
import { programPath } from './program.ts';
import { dig, entryOf, numberAt, parseObject, textAt } from './shape.ts';
import { type ToolLine, toolLine, within } from './tool-line.ts';

/** Hook → whether it waits for an answer. Nothing of it fires when a call to the model fails; the rollout tells that. */
const hooks = {
  SessionStart: false,
  UserPromptSubmit: false,
  PreToolUse: false,
  PostToolUse: false,
  PermissionRequest: true,
};

export const codexTui: Interactive = {
  quotesPastes: false,

  open({ bin, args, root, model, reasoning, conversation, prompt, cwd, permissions, hook, mcp }: OpenRequest) {
    const ours = Object.entries(hooks).flatMap(([name, waits]) => {
      const command = JSON.stringify(hookCommand(hook, name, waits));
      return ['-c', `hooks.${name}=[{hooks=[{type="command",command=${command},timeout=${hookSeconds(waits)}}]}]`];
    });
    const argv = [
      programPath(bin, root),
      ...(conversation ? ['resume', conversation] : []),
      // With its daemon, processes of the first worker would outlive its pane and serve all the others.
      ...['--no-daemon', '--dangerously-bypass-hook-trust'],
      ...(permissions === 'skip' ? ['--dangerously-bypass-approvals-and-sandbox'] : []),
      ...['-c', 'features.unbounded_connection_retries=false', '-c', 'check_for_update_on_startup=false'],
      // Who runs a swarm in this repository trusts it.
      ...['-c', `projects={${[root, cwd].map((path) => `${JSON.stringify(path)}={trust_level="trusted"}`).join(',')}}`],
      ...ours,
      ...codexMcp(mcp),
      ...(model ? ['-m', model] : []),
      ...(reasoning ? ['-c', `model_reasoning_effort=${JSON.stringify(reasoning)}`] : []),
      ...args,
      ...(prompt === null ? [] : [prompt]),
    ];
    return { argv, cwd, env: {}, files: {} };
  },

  reader: ({ cwd }) => createReader(cwd),

  look({ title, rows }) {
    if (/Action Required/.test(title)) return 'needs-you';
    if (/^[\u2800-\u28ff]/.test(title) || /esc to interrupt\)/.test(rows.slice(-15).join('\n'))) return 'working';
    return title === '' ? null : 'idle';
  },
};

function createReader(cwd: string): TuiReader {
  const line = (body: object): ToolLine =>
    toolLineOf(textAt(body, 'tool_name'), textAt(body, 'tool_input', 'command'), cwd);
  const begun = (body: object): TuiEvent[] => [
    { type: 'conversation', id: textAt(body, 'session_id') },
    { type: 'transcript', path: textAt(body, 'transcript_path') },
  ];
  const notes: Record<string, (body: object) => TuiEvent[]> = {
    SessionStart: begun,
    UserPromptSubmit: (body) => [...begun(body), { type: 'prompted' }],
    PreToolUse: (body) => [
      { type: 'tool', id: textAt(body, 'tool_use_id'), phase: 'started', ok: null, ...line(body) },
    ],
    PostToolUse(body) {
      const { summary } = line(body);
      return [
        { type: 'tool', id: textAt(body, 'tool_use_id'), phase: 'ended', ok: null, summary },
        { type: 'answered', text: summary },
      ];
    },
    PermissionRequest: (body) => [
      { type: 'asked', kind: 'permission', text: line(body).summary, replies: permissionReplies },
    ],
  };
  const records: Record<string, (payload: unknown) => TuiEvent[]> = {
    item_completed(payload) {
      if (textAt(payload, 'item', 'type') !== 'AgentMessage') return [];
      const text = textAt(payload, 'item', 'content', 0, 'text');
      return text ? [{ type: 'text', text }] : [];
    },
    token_usage_record: (payload) => [
      {
        type: 'usage',
        usage: {
          inputTokens: numberAt(payload, 'turn_token_usage', 'input_tokens'),
          outputTokens: numberAt(payload, 'turn_token_usage', 'output_tokens'),
          costUsd: null,
        },
      },
    ],
    task_complete(payload) {
      const error = dig(payload, 'error');
      return [...(error ? [codexFailure(textAt(error, 'message'))] : []), { type: 'ended' }];
    },
    turn_aborted: () => [{ type: 'interrupted' }],
  };

  return {
    note: (name, body) => entryOf(notes, name)?.(body) ?? [],
    line(text) {
      const record = parseObject(text);
      const payload = dig(record, 'payload');
      const type = textAt(record, 'type') === 'event_msg' ? textAt(payload, 'type') : textAt(record, 'type');
      return entryOf(records, type)?.(payload) ?? [];
    },
    exited: (_, screen) =>
      /no rollout found for thread id|No saved session found/i.test(screen)
        ? [{ type: 'error', class: 'no_conversation', message: 'it does not know the conversation', resetAt: null }]
        : [],
  };
}

/** A patch as the files that it touches; anything else as a command. */
function toolLineOf(tool: string, command: string, cwd: string): ToolLine {
  const files = [...command.matchAll(/^\*\*\* (Add|Update|Delete) File: (.+)$/gm)].map(
    ([, how = '', path = '']) => `${how.toLowerCase()} ${within(path.trim(), cwd)}`,
  );
  return tool === 'apply_patch' ? toolLine('patch', { name: files.join(', ') }, cwd) : toolLine(tool, { command }, cwd);
}
