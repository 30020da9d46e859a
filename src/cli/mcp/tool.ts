// What a tool is: a row with a schema of few words, a way to do it, and errors that say what to do next.
import * as z from 'zod';
import { clean } from '../../core/clean.ts';
import { EffectError, messageOf, Refusal } from '../../core/errors.ts';
import { explain } from '../../disk/durable.ts';
import type { Mailroom } from '../mailroom.ts';

export interface Call {
  /** The mail of whoever calls. */
  room: Mailroom;
  /** Aborted when the client cancels, or is gone. */
  signal: AbortSignal;
  /** Tells how far it is; null when the client did not ask for that. */
  progress: ((done: number, total: number) => Promise<void>) | null;
}

export interface Tool {
  name: string;
  description: string;
  /** Strict: an argument that is not there is refused. */
  input: z.ZodObject;
  /** Whether it leaves everything as it is. */
  readOnly: boolean;
  /** Gives the text of the answer. Throws a ZodError for arguments that do not fit. */
  run(args: unknown, call: Call): Promise<string>;
}

/** A row of the table of tools. */
export function tool<Shape extends z.ZodRawShape>({
  input: shape,
  readOnly = false,
  run,
  ...words
}: {
  name: string;
  description: string;
  input: Shape;
  readOnly?: boolean;
  run(args: z.output<z.ZodObject<Shape>>, call: Call): Promise<string>;
}): Tool {
  const input = z.strictObject(shape);
  return { ...words, input, readOnly, run: async (args, call) => run(input.parse(args), call) };
}

/** What went wrong, with the argument that is wrong, the reason, and the next step. A defect of ours is told on stderr as well. */
export function problemText(thrown: unknown, { name, input }: Pick<Tool, 'name' | 'input'>): string {
  if (thrown instanceof z.ZodError) {
    const known = Object.entries(input.shape).map(([each, schema]) =>
      schema.safeParse(undefined).success ? `${each}?` : each,
    );
    const wrong = thrown.issues.flatMap(issueLines).slice(0, 10);
    return [`${name}: nothing was done`, ...wrong, `  give: ${known.join(', ')}`].map((line) => clean(line)).join('\n');
  }
  const error = explain(thrown, 'cannot go on');
  if (error instanceof EffectError || error instanceof Refusal)
    return clean(`${error.message}${error.hint ? `\n  ${error.hint}` : ''}`, { lines: true });
  console.error(thrown);
  return clean(`this is a defect of oompa: ${messageOf(error)}\n  go on without it, and tell the operator`, {
    lines: true,
  });
}

function issueLines(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `  ${key.slice(0, 40)}: there is no such argument`);
  return [`  ${issue.path.join('.') || 'arguments'}: ${issue.message}`];
}
