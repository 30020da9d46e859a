// `oompa completions <shell>`: prints the script that lets a shell complete oompa's commands and flags.
import { exitCodes, Refusal } from '../../core/errors.ts';
import { completionScripts } from '../completions.ts';
import type { Invocation } from './index.ts';

export async function run({ args: [shell = ''] }: Invocation): Promise<number> {
  const script = Object.hasOwn(completionScripts, shell) ? completionScripts[shell] : undefined;
  if (!script) {
    throw new Refusal(`there are no completions for ${shell}`, {
      hint: `shells: ${Object.keys(completionScripts).join(', ')}`,
      exitCode: exitCodes.usage,
    });
  }
  process.stdout.write(script());
  return exitCodes.ok;
}
