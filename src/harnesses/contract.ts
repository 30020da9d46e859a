// The contract of a harness: a coding-agent CLI that takes a prompt and prints what it does. Facts about one harness live in its file.
import type { Permissions } from '../core/harness.ts';
import type { Ask, TurnErrorClass, Usage } from '../core/turn.ts';

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

/** A server of the Model Context Protocol on stdio. What it offers is harmless: nobody is to be asked before it is used. */
export interface McpServer {
  /** Letters only: the models see it in the names of the tools. */
  name: string;
  /** Absolute path. */
  command: string;
  args: readonly string[];
  /** Not every CLI hands its own environment on. */
  env: Readonly<Record<string, string>>;
}

export interface TurnRequest extends Launch {
  prompt: string;
  /** Absolute path of the worktree. */
  cwd: string;
  reasoning: string | null;
  /** What a turn before told as its conversation; null starts a new one. */
  conversation: string | null;
  /** Whether it is to change no file, where it can be told so. */
  readOnly: boolean;
  /** To be offered beside the operator's own, where `can.mcp`; null for none. */
  mcp: McpServer | null;
  /** A private folder for files of its own, which `files` of the answer are written to. */
  folder: string;
  /** The environment that it will be given, before what the answer adds. */
  environment: Readonly<Record<string, string>>;
}

/** How to start one turn. The prompt travels by stdin or a file, never as an argument of unbounded size. */
export interface Invocation {
  argv: readonly string[];
  cwd: string;
  /** Goes before the environment of the request. */
  env: Readonly<Record<string, string>>;
  /** The same, but the operator's environment goes before it. */
  defaults?: Readonly<Record<string, string>>;
  /** Path in the folder of the request → text. */
  files?: Readonly<Record<string, string>>;
  /** Path in the folder of the request → what is linked there, unless something is. */
  links?: Readonly<Record<string, string>>;
  stdin: string;
}

/** What a line of output means. Text is not yet cleaned; a `text` event holds whole lines, without the last newline. */
export type HarnessEvent =
  /** `more`: the agent has not come to the end of this message. */
  | { type: 'text'; text: string; more?: boolean }
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

/** How the harness's own terminal UI is opened in a pane. */
export interface OpenRequest extends Omit<TurnRequest, 'prompt' | 'readOnly'> {
  /** To be submitted at once, as an argument; null when it is too long for one and will be pasted. */
  prompt: string | null;
  permissions: Permissions;
  /** What the harness runs to drop a note: these, then the note's name, then `wait` when it wants an answer; the note comes on stdin. */
  hook: readonly string[];
}

export type Opening = Omit<Invocation, 'stdin' | 'defaults'>;

/** What notes (of hooks) and lines of a transcript mean. Beside what a printing harness tells: */
export type TuiEvent =
  | Exclude<HarnessEvent, { type: 'ended' }>
  /** The turn is over. `last`: what the agent said last, where the transcript may tell that later than the note. */
  | { type: 'ended'; last?: string }
  /** It took a prompt, ours or a person's. */
  | { type: 'prompted' }
  /** Where it writes its conversation: JSON lines, each with a `timestamp`. Absolute. */
  | { type: 'transcript'; path: string }
  /** It waits for a person. `replies`: what its hook prints for each answer; null when it can be answered in the pane only. */
  | { type: 'asked'; kind: Ask['kind']; text: string; replies: { allow: string; deny: string } | null }
  /** What it asked with this text is answered. The end of a turn answers everything. */
  | { type: 'answered'; text: string }
  /** A person ended its work. */
  | { type: 'interrupted' };

/** A reader has the memory of one turn. */
export interface TuiReader {
  /** A note of the harness: its name, and what came on stdin. */
  note(name: string, body: object): TuiEvent[];
  /** A line of the transcript that was written since the turn began. */
  line(line: string): TuiEvent[];
  /** It has exited in the middle of the turn; the text that its screen showed last. */
  exited?(code: number | null, screen: string): TuiEvent[];
}

/** What a screen tells where nothing better is fresh: the least sure witness. `rows` are plain text. */
export interface Sight {
  title: string;
  rows: readonly string[];
}

export interface Interactive {
  /** Whether it hands a long paste to the model as something quoted: then the first line is pasted for itself. */
  readonly quotesPastes: boolean;
  open(request: OpenRequest): Opening;
  reader(context: ReaderContext): TuiReader;
  look(sight: Sight): 'working' | 'idle' | 'needs-you' | null;
}

export interface HarnessCheck {
  ok: boolean;
  version: string | null;
  problem: string | null;
  hint: string | null;
}

export interface HarnessLogin {
  /** What a person does to log in. */
  how: string;
  /** Whether somebody is; null where it cannot be told without a paid call. May take a while; never rejects. */
  ask(launch: Launch, env: Readonly<Record<string, string>>): Promise<boolean | null>;
}

export interface Harness {
  readonly name: string;
  /** The program, where no alias names another. */
  readonly bin: string;
  /** Model names that mean this harness when none stands before them (`gpt-5`); no two harnesses claim the same. */
  readonly models?: RegExp;
  readonly can: { resume: boolean; reasoning: boolean; readOnly: boolean; mcp: boolean; hooks: boolean };
  /** Whether what it says is Markdown; otherwise it is drawn as it comes. */
  readonly markdown: boolean;
  /** Names of variables that it may see of the runner's environment, beside those that every harness sees. */
  readonly passes: RegExp | null;
  /** Whose service a model of it asks; null where that is not known. */
  provider(model: string): string | null;
  /** Whether it can be started on this machine, and what to do if not. `env`: added to ours. Never throws for a model it cannot use. */
  check(launch: Launch, env: Readonly<Record<string, string>>): Promise<HarnessCheck>;
  /** Null for a harness that knows no login. */
  readonly login: HarnessLogin | null;
  /** Throws a Refusal for a model string it cannot use. */
  turn(request: TurnRequest): Invocation;
  reader(context: ReaderContext): HarnessReader;
  /** Its own terminal UI, loaded where it is used; null when it has none that can be driven. */
  readonly interactive: (() => Promise<Interactive>) | null;
}
