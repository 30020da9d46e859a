// The contract of a harness: a coding-agent CLI that takes a prompt and prints what it does. Facts about one harness live in its file.
import type { TurnErrorClass, Usage } from '../core/turn.ts';

export interface TurnRequest {
  prompt: string;
  /** Absolute path of the worktree. */
  cwd: string;
  /** Absolute path of the repository's main checkout: relative programs are looked for there, not in the worktree. */
  root: string;
  /** What follows the harness name in the model string; for `command` the program and its arguments. */
  model: string;
  reasoning: string | null;
  conversation: string | null;
}

/** How to start one turn. The prompt travels by stdin or a file, never as an argument of unbounded size. */
export interface Invocation {
  argv: readonly string[];
  cwd: string;
  /** Added to the allow-listed environment of the runner. */
  env: Readonly<Record<string, string>>;
  stdin: string;
}

/** What a line of output means. Text is not yet cleaned; a `text` event holds whole lines, without the last newline. */
export type HarnessEvent =
  | { type: 'text'; text: string }
  | { type: 'tool'; id: string; phase: 'started' | 'ended'; summary: string; ok: boolean | null }
  | { type: 'conversation'; id: string }
  | { type: 'usage'; usage: Usage }
  | { type: 'error'; class: TurnErrorClass; message: string; resetAt: string | null }
  | { type: 'ended' };

export interface HarnessReader {
  /** One line of stdout without its newline. */
  read(line: string): HarnessEvent[];
}

export interface HarnessCheck {
  ok: boolean;
  version: string | null;
  problem: string | null;
  hint: string | null;
}

export interface Harness {
  readonly name: string;
  readonly can: { resume: boolean; reasoning: boolean; readOnly: boolean; mcp: boolean; hooks: boolean };
  /** Whether it can be started with this model on this machine, and what to do if not. Never throws for a model it cannot use. */
  check(model: string, root: string): Promise<HarnessCheck>;
  /** Throws a Refusal for a model string it cannot use. */
  turn(request: TurnRequest): Invocation;
  /** A reader with the memory of one turn. */
  reader(): HarnessReader;
}
