// The harness `command`: any program. Prompt on stdin, the agent's own text on stdout, stderr only shown, exit code decides.
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { messageOf, Refusal } from '../core/errors.ts';
import type { Harness } from './contract.ts';
import { splitWords } from './words.ts';

export const command: Harness = {
  name: 'command',
  can: { resume: false, reasoning: false, readOnly: false, mcp: false, hooks: false },

  async check(model, root) {
    try {
      const [program = ''] = argvOf(model, root);
      const trouble = await troubleWith(program);
      return { ok: trouble === null, version: null, ...(trouble ?? { problem: null, hint: null }) };
    } catch (error) {
      const hint = error instanceof Refusal ? (error.hint ?? null) : null;
      return { ok: false, version: null, problem: messageOf(error), hint };
    }
  },

  turn: ({ prompt, cwd, root, model }) => ({ argv: argvOf(model, root), cwd, env: {}, stdin: prompt }),

  reader: () => ({ read: (line) => [{ type: 'text', text: line }] }),
};

function argvOf(model: string, root: string): string[] {
  const [program, ...rest] = splitWords(model);
  if (!program)
    throw new Refusal('the model "command:" names no program', {
      hint: 'write command:<program> [args…], e.g. "command:./my-agent.sh"',
    });
  // A worktree holds the worker's own edits: the program that drives the worker is the operator's, from the main checkout.
  return [program.includes('/') ? resolve(root, program) : program, ...rest];
}

async function troubleWith(program: string): Promise<{ problem: string; hint: string } | null> {
  if (isAbsolute(program)) {
    if (await isProgram(program)) return null;
    if (!(await isFile(program))) return { problem: `no file ${program}`, hint: "mend the path in the worker's model" };
    return { problem: `${program} is not executable`, hint: `make it executable: chmod +x ${program}` };
  }
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    if (folder && (await isProgram(join(folder, program)))) return null;
  }
  return { problem: `no program ${program}`, hint: 'install it, or give its path' };
}

async function isProgram(path: string): Promise<boolean> {
  const allowed = await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
  return allowed && isFile(path);
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}
