// The terminal UI of the harness `opencode`: opened with a plugin of ours, read from the notes that it drops. Facts of version 1.18.33.
import { pathToFileURL } from 'node:url';
import type { Usage } from '../core/turn.ts';
import type { Interactive, OpenRequest, TuiEvent, TuiReader } from './contract.ts';
import { addStep, opencodeContent, opencodeFailure, toolEvents } from './opencode.ts';
import { programPath } from './program.ts';
import { dig, entryOf, textAt } from './shape.ts';
import { toolLine } from './tool-line.ts';

export const opencodeTui: Interactive = {
  quotesPastes: false,

  open({
    bin,
    args,
    root,
    model,
    conversation,
    prompt,
    cwd,
    permissions,
    hook,
    folder,
    environment,
    mcp,
  }: OpenRequest) {
    const own = opencodeContent(environment, mcp);
    const plugins = dig(own, 'plugin');
    const content = {
      ...own,
      autoupdate: false,
      plugin: [...(Array.isArray(plugins) ? plugins : []), pathToFileURL(`${folder}/plugin.js`).href],
      ...(permissions === 'skip' && { permission: { '*': 'allow', external_directory: 'allow', doom_loop: 'allow' } }),
    };
    const argv = [
      programPath(bin, root),
      ...(model ? ['-m', model] : []),
      ...(conversation ? ['-s', conversation] : []),
      ...args,
      ...(prompt === null ? [] : ['--prompt', prompt]),
    ];
    return {
      argv,
      cwd,
      env: { OPENCODE_CONFIG_CONTENT: JSON.stringify(content), OPENCODE_DISABLE_AUTOUPDATE: '1' },
      files: { 'plugin.js': pluginText(hook) },
    };
  },

  reader: ({ cwd }) => createReader(cwd),

  look({ rows }) {
    const shown = rows.slice(-20).join('\n');
    if (/Permission required|Allow once +Allow always +Reject/.test(shown)) return 'needs-you';
    if (/esc (?:again to )?interrupt/.test(shown)) return 'working';
    return /ctrl\+p commands/.test(shown) ? 'idle' : null;
  },
};

/** The plugin runs inside the harness. Sessions of sub-agents are left out. */
function pluginText(hook: readonly string[]): string {
  return `// Written by oompa: drops notes of what happens for the runner of this worker.
import { spawn } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';

const hook = ${JSON.stringify(hook)};
const folder = hook.at(-1);
const children = new Set();
let last = 0n;
const drop = (name, body) => {
  const now = BigInt(Date.now()) * 1000000n;
  last = now > last ? now : last + 1n;
  const id = last + '-' + process.pid;
  try {
    writeFileSync(folder + '/tmp/' + id, JSON.stringify(body), { mode: 0o600 });
    renameSync(folder + '/tmp/' + id, folder + '/notes/' + id + '.' + name);
  } catch {}
};
const ask = (body) =>
  new Promise((resolve) => {
    const child = spawn(hook[0], [...hook.slice(1), 'permission.asked', 'wait'], { stdio: ['pipe', 'pipe', 'ignore'] });
    let answer = '';
    child.stdout.on('data', (chunk) => (answer += chunk));
    child.on('error', () => resolve(''));
    child.on('close', () => resolve(answer.trim()));
    child.stdin.on('error', () => {});
    child.stdin.end(JSON.stringify(body));
  });
const told = new Set(['session.status', 'session.error', 'permission.replied']);
const isTold = ({ type, properties }) => {
  if (told.has(type)) return true;
  const part = type === 'message.part.updated' ? properties.part : null;
  if (part?.type === 'text') return part.time?.end !== undefined;
  if (part?.type === 'tool') return part.state.status !== 'pending';
  return part?.type === 'step-finish';
};
export const Oompa = async ({ client }) => ({
  'chat.message': async ({ sessionID }) => {
    if (!children.has(sessionID)) drop('prompted', { sessionID });
  },
  event: async ({ event }) => {
    const { type, properties } = event;
    if (type === 'session.created' && properties.info?.parentID) children.add(properties.sessionID);
    if (children.has(properties.sessionID ?? properties.part?.sessionID)) return;
    if (isTold(event)) drop(type, properties);
    if (type !== 'permission.asked') return;
    const response = await ask(properties);
    if (response === '') return;
    const path = { id: properties.sessionID, permissionID: properties.id };
    await client.postSessionIdPermissionsPermissionId({ path, body: { response } }).catch(() => {});
  },
});
`;
}

function createReader(cwd: string): TuiReader {
  const spent: Usage = { inputTokens: 0, outputTokens: 0, costUsd: null };
  const texts = new Set<string>();
  const asks = new Map<string, string>();
  let prompted = false;

  const parts: Record<string, (part: unknown) => TuiEvent[]> = {
    text(part) {
      const id = textAt(part, 'id');
      const text = textAt(part, 'text');
      // The user's own words are parts as well; they came before the prompt was taken.
      if (!prompted || texts.has(id) || dig(part, 'synthetic') === true || !text) return [];
      texts.add(id);
      return [{ type: 'text', text }];
    },
    tool(part) {
      const [started, ended] = toolEvents(part, cwd);
      if (!started || !ended) return [];
      return textAt(part, 'state', 'status') === 'running' ? [started] : [ended];
    },
    'step-finish'(part) {
      addStep(spent, part);
      return [{ type: 'usage', usage: { ...spent } }];
    },
  };
  const notes: Record<string, (body: object) => TuiEvent[]> = {
    prompted(body) {
      prompted = true;
      return [{ type: 'conversation', id: textAt(body, 'sessionID') }, { type: 'prompted' }];
    },
    'message.part.updated'(body) {
      const type = textAt(body, 'part', 'type');
      return entryOf(parts, type)?.(dig(body, 'part')) ?? [];
    },
    'session.status': (body) =>
      prompted && textAt(body, 'status', 'type') === 'idle' ? [{ type: 'ended' }] : statusOf(body),
    'session.error': (body) =>
      textAt(body, 'error', 'name') === 'MessageAbortedError'
        ? [{ type: 'interrupted' }]
        : [opencodeFailure(dig(body, 'error'))],
    'permission.asked'(body) {
      const text = permissionText(body, cwd);
      asks.set(textAt(body, 'id'), text);
      return [{ type: 'asked', kind: 'permission', text, replies: { allow: 'once', deny: 'reject' } }];
    },
    'permission.replied': (body) => {
      const text = asks.get(textAt(body, 'requestID') || textAt(body, 'permissionID'));
      return text === undefined ? [] : [{ type: 'answered', text }];
    },
  };
  return {
    note: (name, body) => entryOf(notes, name)?.(body) ?? [],
    line: () => [],
    exited: (_, screen) =>
      /Session not found/.test(screen)
        ? [{ type: 'error', class: 'no_conversation', message: 'it does not know the conversation', resetAt: null }]
        : [],
  };
}

function statusOf(body: object): TuiEvent[] {
  if (textAt(body, 'status', 'type') !== 'retry') return [];
  return [{ type: 'notice', text: `${textAt(body, 'status', 'message') || 'no answer'}: trying again` }];
}

/** `edit w.txt`, `bash npm test`. */
function permissionText(body: object, cwd: string): string {
  const patterns = dig(body, 'patterns');
  const subject = Array.isArray(patterns) ? patterns.map(String).join(', ') : '';
  const path = textAt(body, 'metadata', 'filepath');
  const command = textAt(body, 'metadata', 'command') || subject;
  return toolLine(textAt(body, 'permission'), path ? { path } : { command }, cwd).summary;
}
