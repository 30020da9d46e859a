// The terminal UI of the harness `gemini`: opened with hooks of ours, read from their notes and from its chat file. Facts of version 0.61.0.
import type { Usage } from '../core/turn.ts';
import { addUsage, noUsage } from '../core/usage.ts';
import type { Interactive, OpenRequest, TuiEvent, TuiReader } from './contract.ts';
import { geminiEnvironment } from './gemini.ts';
import { geminiHome } from './gemini-home.ts';
import { hookCommand } from './hook.ts';
import { classOfStatus } from './http-status.ts';
import { programPath } from './program.ts';
import { dig, entryOf, numberAt, parseObject, textAt } from './shape.ts';
import { toolLine } from './tool-line.ts';

const hooks = ['SessionStart', 'BeforeAgent', 'BeforeTool', 'AfterTool', 'Notification', 'AfterAgent'];

export const geminiTui: Interactive = {
  quotesPastes: false,

  open(request: OpenRequest) {
    const { bin, args, root, model, conversation, prompt, cwd, permissions, hook } = request;
    // It takes what its hooks print for an answer; ours print nothing and say no more than that it may go on.
    const ours = hooks.map((name) => {
      const command = `${hookCommand(hook, name, false)}; echo '{}'`;
      return [name, [{ matcher: '*', hooks: [{ type: 'command', command, timeout: 30_000 }] }]];
    });
    const argv = [
      programPath(bin, root),
      ...['--approval-mode', permissions === 'skip' ? 'yolo' : 'default'],
      ...(model ? ['-m', model] : []),
      ...(conversation ? ['--resume', conversation] : []),
      ...args,
      ...(prompt === null ? [] : ['-i', prompt]),
    ];
    const { env, ...home } = geminiHome(request, Object.fromEntries(ours));
    return { argv, cwd, env: { ...geminiEnvironment, ...env }, ...home };
  },

  reader: ({ cwd }) => createReader(cwd),

  look({ title }) {
    if (title.startsWith('✋')) return 'needs-you';
    if (title.startsWith('✦')) return 'working';
    return title.startsWith('◇') ? 'idle' : null;
  },
};

function createReader(cwd: string): TuiReader {
  /** Message id → its text so far and its usage: a message is told again when something is added to it. */
  const told = new Map<string, { text: string; usage: Usage }>();
  let said = '';

  const line = (body: object) => toolLine(textAt(body, 'tool_name'), dig(body, 'tool_input'), cwd);
  const begun = (body: object): TuiEvent[] => [
    { type: 'conversation', id: textAt(body, 'session_id') },
    { type: 'transcript', path: textAt(body, 'transcript_path') },
  ];
  const notes: Record<string, (body: object) => TuiEvent[]> = {
    SessionStart: begun,
    BeforeAgent: (body) => [...begun(body), { type: 'prompted' }],
    BeforeTool: (body) => [{ type: 'tool', id: line(body).summary, phase: 'started', ok: null, ...line(body) }],
    AfterTool(body) {
      const { summary } = line(body);
      const ok = textAt(body, 'tool_response', 'error') === '';
      return [
        { type: 'tool', id: summary, phase: 'ended', ok, summary },
        // What it asked about has another name there: whatever ends, nothing is asked any more.
        { type: 'answered', text: asked },
      ];
    },
    Notification(body) {
      if (textAt(body, 'notification_type') !== 'ToolPermission') return [];
      asked = textAt(body, 'message') || 'it asks before it uses a tool';
      return [{ type: 'asked', kind: 'permission', text: asked, replies: null }];
    },
    AfterAgent(body) {
      const response = textAt(body, 'prompt_response');
      const missed = said === '' && response !== '' ? [{ type: 'text' as const, text: response }] : [];
      return [...missed, { type: 'ended' }];
    },
  };
  let asked = '';

  const message = (record: object): TuiEvent[] => {
    const id = textAt(record, 'id');
    const before = told.get(id)?.text ?? '';
    const text = textAt(record, 'content');
    const input = numberAt(record, 'tokens', 'input');
    const output = Math.max(numberAt(record, 'tokens', 'output'), numberAt(record, 'tokens', 'total') - input);
    const usage = input > 0 ? { inputTokens: input, outputTokens: output, costUsd: null } : told.get(id)?.usage;
    told.set(id, { text: text || before, usage: usage ?? noUsage });
    const fresh = text.startsWith(before) ? text.slice(before.length) : text;
    said += fresh;
    return [
      ...(fresh ? [{ type: 'text' as const, text: fresh }] : []),
      { type: 'usage', usage: [...told.values()].map((each) => each.usage).reduce(addUsage, noUsage) },
    ];
  };
  const records: Record<string, (record: object) => TuiEvent[]> = {
    gemini: message,
    info: (record) => (/^Request cancelled/.test(textAt(record, 'content')) ? [{ type: 'interrupted' }] : []),
    error(record) {
      const text = textAt(record, 'content');
      const status = Number(/\b(?:code"?:|status:?) ?(\d{3})\b/.exec(text)?.[1] ?? 0);
      return [
        { type: 'error', class: classOfStatus(status) ?? 'provider', message: text, resetAt: null },
        { type: 'ended' },
      ];
    },
  };
  return {
    note: (name, body) => entryOf(notes, name)?.(body) ?? [],
    line(text) {
      const record = parseObject(text);
      const type = textAt(record, 'type');
      return (record && entryOf(records, type)?.(record)) ?? [];
    },
    exited: (code, screen) =>
      code === 42 || /Error resuming session/.test(screen)
        ? [{ type: 'error', class: 'no_conversation', message: 'it does not know the conversation', resetAt: null }]
        : [],
  };
}
