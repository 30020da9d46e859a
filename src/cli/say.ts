// What a command that acts says in the end: a line for a person, or with `--json` one object for a program.
import { type ExitCode, exitCodes } from '../core/errors.ts';

/** `trouble`: why it came to nothing, or to less; it is an exit code 1 then, and said on stderr as well. */
export function say(
  { json }: Readonly<Record<string, unknown>>,
  line: string | null,
  facts: object,
  trouble: readonly string[] = [],
): ExitCode {
  for (const each of trouble) console.error(`oompa: ${each}`);
  if (json) console.log(JSON.stringify({ ...facts, trouble }));
  else if (line !== null) console.log(line);
  return trouble.length > 0 ? exitCodes.failed : exitCodes.ok;
}
