// Says a call of the script in the words of the CLI that asks: its own tool name and arguments. Table: tool → how it is called.
import { resolve } from 'node:path';
import type { Call } from './script.ts';

export interface ToolCall {
  name: string;
  /** Text for a freeform tool, an object otherwise. */
  input: Record<string, unknown> | string;
}

type Words = {
  [K in 'shell' | 'write' | 'edit' | 'read']: Record<string, (call: Of<K>, path: string) => ToolCall['input']>;
};
type Of<K extends string> = Extract<Call, Record<K, string>>;

const words: Words = {
  shell: {
    Bash: ({ shell }) => ({ command: shell, description: 'Run a command' }),
    exec_command: ({ shell }) => ({ cmd: shell }),
    exec: ({ shell }) => script('exec_command', { cmd: shell }),
    bash: ({ shell }) => ({ command: shell, description: 'Run a command' }),
    run_shell_command: ({ shell }) => ({ command: shell, description: 'Run a command' }),
  },
  write: {
    Write: ({ content }, path) => ({ file_path: path, content }),
    apply_patch: ({ content }, path) => patch('Add', path, plus(content)),
    exec: ({ content }, path) => script('apply_patch', patch('Add', path, plus(content))),
    write: ({ content }, path) => ({ filePath: path, content }),
    write_file: ({ content }, path) => ({ file_path: path, content }),
  },
  edit: {
    Edit: (call, path) => ({ file_path: path, old_string: call.old, new_string: call.new }),
    apply_patch: (call, path) => update(call, path),
    exec: (call, path) => script('apply_patch', update(call, path)),
    edit: (call, path) => ({ filePath: path, oldString: call.old, newString: call.new }),
    replace: (call, path) => ({ file_path: path, old_string: call.old, new_string: call.new, instruction: 'as told' }),
  },
  read: {
    Read: (_, path) => ({ file_path: path }),
    exec_command: (_, path) => ({ cmd: `cat '${path}'` }),
    exec: (_, path) => script('exec_command', { cmd: `cat '${path}'` }),
    read: (_, path) => ({ filePath: path }),
    read_file: (_, path) => ({ file_path: path }),
  },
};

/** Throws when the request offers no tool for the call. */
export function toolCall(call: Call, offered: readonly string[], cwd: string): ToolCall {
  if ('server' in call) return serverCall(call, offered);
  const kind = (['shell', 'write', 'edit', 'read'] as const).find((each) => each in call) ?? 'shell';
  const table = words[kind] as Record<string, (call: Call, path: string) => ToolCall['input']>;
  const name = offered.find((each) => each in table);
  const say = name === undefined ? undefined : table[name];
  if (!name || !say) throw new Error(`no tool for ${kind} among ${offered.join(', ')}`);
  return { name, input: say(call, resolve(cwd, Object.values(call)[0] as string)) };
}

/** Every CLI puts a prefix of its own before the names of a server's tools. */
function serverCall({ server, tool, input }: Of<'server'>, offered: readonly string[]): ToolCall {
  const name = offered.find((each) => each.endsWith(`_${tool}`));
  if (name) return { name, input: { ...input } };
  const whole = `mcp__${server}__${tool}`;
  // Codex keeps them back until they are searched for, and takes a call all the same.
  return offered.includes('exec')
    ? { name: 'exec', input: script(whole, input) }
    : { name: whole, input: { ...input } };
}

const patch = (what: string, path: string, body: string) =>
  `*** Begin Patch\n*** ${what} File: ${path}\n${body}*** End Patch\n`;
const update = (call: Of<'edit'>, path: string) => patch('Update', path, `@@\n-${call.old}\n+${call.new}\n`);
const plus = (text: string) => text.replace(/\n$/, '').replace(/^/gm, '+').concat('\n');

/** Codex's "code mode": the model writes JavaScript that calls the tools. */
const script = (tool: string, input: unknown) => `text(await tools.${tool}(${JSON.stringify(input)}));\n`;

/** The folder that a CLI tells its model it works in. */
export function cwdIn(body: string): string {
  const found =
    /(?:Primary working directory|Working directory|working in the directory|Workspace Directories)\W*(?:\\n|\s|-|:)*\s*(\/[^\s"\\<]+)|<cwd>([^<]+)<\/cwd>/i.exec(
      body,
    );
  return found?.[1] ?? found?.[2] ?? '/';
}
