// The contract of a harness: a coding-agent CLI that takes a prompt and prints what it does. Facts about one harness live in its file.
import type { TurnErrorClass, Usage } from '../core/turn.ts';

/** Which program to start, and with what beside the harness's own. An alias in the config may change each. */
export interface Launch {
  /** Program name, or a path; a relative path with a slash starts at `root`. */
  bin: string;
  args: readonly string[];
  /** Absolute path of the repository's main checkout: relative programs are looked for there, not in the worktree. */
  root: string;
  /** What follows the harness name in the model string; for `command` the program and its arguments. Empty: the CLI's own default. */
  model: string;
}

export interface TurnRequest extends Launch {
  prompt: string;
  /** Absolute path of the worktree. */
  cwd: string;
  reasoning: string | null;
  /** What a turn before told as its conversation; null starts a new one. */
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
  /** `diff`: what an edit changes, as lines that begin with `+`, `-` or a blank. */
  | { type: 'tool'; id: string; phase: 'started' | 'ended'; summary: string; ok: boolean | null; diff?: string }
  | { type: 'conversation'; id: string }
  /** What the turn has used so far. `total`: what the CLI counts over the whole conversation, to be given back as `before`. */
  | { type: 'usage'; usage: Usage; total?: Usage }
  /** Something a person may want to see that is no failure, such as a retry. */
  | { type: 'notice'; text: string }
  /** Why the turn failed; the last one counts. */
  | { type: 'error'; class: TurnErrorClass; message: string; resetAt: string | null }
  /** The turn is over; the process should exit by itself now. */
  | { type: 'ended' };

export interface ReaderContext {
  /** Absolute path of the worktree. */
  cwd: string;
  /** The `total` of the latest turn of this conversation; null for a new one. */
  before: Usage | null;
}

/** A reader has the memory of one turn. Lines come without their newline. */
export interface HarnessReader {
  /** One line of stdout. An unknown one means nothing. */
  read(line: string): HarnessEvent[];
  /** One line of stderr, which is shown anyway. */
  readError?(line: string): HarnessEvent[];
  /** The process has exited by itself; what its exit code adds. */
  exited?(code: number | null): HarnessEvent[];
}

export interface HarnessCheck {
  ok: boolean;
  version: string | null;
  /** Null where it cannot be told without a paid call. */
  loggedIn: boolean | null;
  problem: string | null;
  hint: string | null;
}

export interface Harness {
  readonly name: string;
  /** The program, where no alias names another. */
  readonly bin: string;
  readonly can: { resume: boolean; reasoning: boolean; readOnly: boolean; mcp: boolean; hooks: boolean };
  /** Names of variables that it may see of the runner's environment, beside those that every harness sees. */
  readonly passes: RegExp | null;
  /** Whether it can be started on this machine, and what to do if not. `env`: added to ours. Never throws for a model it cannot use. */
  check(launch: Launch, env: Readonly<Record<string, string>>): Promise<HarnessCheck>;
  /** Throws a Refusal for a model string it cannot use. */
  turn(request: TurnRequest): Invocation;
  reader(context: ReaderContext): HarnessReader;
}
