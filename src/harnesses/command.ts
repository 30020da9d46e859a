// The harness `command`: any program. Prompt on stdin, the agent's own text on stdout, stderr only shown, exit code decides.
import { messageOf, Refusal } from '../core/errors.ts';
import type { Harness, Launch } from './contract.ts';
import { programPath, troubleWith } from './program.ts';
import { splitWords } from './words.ts';

export const command: Harness = {
  name: 'command',
  bin: '',
  can: { resume: false, reasoning: false, readOnly: false, mcp: false, hooks: false },
  markdown: false,
  passes: null,

  provider: () => null,
  async check(launch) {
    const version = null;
    try {
      const [program = ''] = argvOf(launch);
      const trouble = await troubleWith(program);
      return { ok: trouble === null, version, ...(trouble ?? { problem: null, hint: null }) };
    } catch (error) {
      const hint = error instanceof Refusal ? (error.hint ?? null) : null;
      return { ok: false, version, problem: messageOf(error), hint };
    }
  },

  login: null,

  turn: (request) => ({ argv: argvOf(request), cwd: request.cwd, env: {}, stdin: request.prompt }),

  reader: () => ({ read: (line) => [{ type: 'text', text: line }] }),

  interactive: null,
};

/** Without an alias that names the program, the model string does. */
function argvOf({ bin, args, model, root }: Launch): string[] {
  const [program, ...rest] = [...(bin ? [bin, ...args] : []), ...splitWords(model)];
  if (!program)
    throw new Refusal('the model "command:" names no program', {
      hint: 'write command:<program> [args…], e.g. "command:./my-agent.sh"',
    });
  return [programPath(program, root), ...rest];
}
