// One program in one pseudo-terminal, with a screen in memory.
import { constants } from 'node:os';
import xterm from '@xterm/headless';
import { EffectError, messageOf } from '../core/errors.ts';
import { readRows } from './cells.ts';
import { cleanRows } from './rows.ts';

/** Bytes that may wait for the screen: above `high` the program is not read, so it waits; below `low` it is read again. */
const high = 512 << 10;
const low = 128 << 10;
const scrollback = 200;

export interface PtyTerminal {
  readonly pid: number;
  /** How the program ended; null while it runs. */
  readonly exit: { code: number | null; signal: string | null } | null;
  /** The visible rows, top first, cleaned: text and SGR colour only. */
  screen(): { rows: string[]; cols: number };
  /** The title that the program gave its window. Not cleaned. */
  readonly title: string;
  /** Whether the program asked for bracketed paste, or for cursor keys in application mode. */
  readonly modes: { paste: boolean; application: boolean };
  cursor(): { x: number; y: number };
  write(bytes: string): void;
  resize(cols: number, rows: number): void;
  onChange(listener: () => void): () => void;
  dispose(): void;
}

export interface PtyTerminalOptions {
  argv: readonly string[];
  cwd: string;
  env: Record<string, string>;
  cols: number;
  rows: number;
  onExit(): void;
  /**
   * Takes what the program prints as it comes, for another terminal beside the screen in memory. That terminal answers the program's
   * questions then, so ours does not. While the promise is open no more is read.
   */
  onOutput?(bytes: Uint8Array): Promise<void>;
}

/** Starts a program. EffectError `spawn-failed`. */
export async function startTerminal(options: PtyTerminalOptions): Promise<PtyTerminal> {
  const { argv, cwd, env, cols, rows, onExit, onOutput } = options;
  const { spawn } = await loadPty();
  const [program = '', ...args] = argv;
  const term = new xterm.Terminal({ cols, rows, scrollback, allowProposedApi: true });
  const listeners = new Set<() => void>();
  let exit: PtyTerminal['exit'] = null;
  let title = '';
  let waiting = 0;
  let paused = false;
  const pty = start(() => spawn(program, args, { name: 'xterm-256color', cols, rows, cwd, env, encoding: null }));

  // With `encoding: null` the bytes come as they are, whatever the types say; the screen decodes them across chunks.
  const taken = (size: number) => {
    waiting -= size;
    if (!paused || waiting >= low) return;
    paused = false;
    pty.resume();
  };
  pty.onData((data: string | Uint8Array) => {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    waiting += bytes.length;
    if (waiting > high && !paused) {
      paused = true;
      pty.pause();
    }
    const passed = onOutput?.(bytes) ?? null;
    term.write(bytes, () => {
      if (passed) void passed.then(() => taken(bytes.length));
      else taken(bytes.length);
      for (const each of listeners) each();
    });
  });
  term.onTitleChange((text) => {
    title = text;
  });
  // Answers of the terminal to the program: where the cursor is, what it can do.
  const answers = term.onData((bytes) => {
    if (!exit && !onOutput) pty.write(bytes);
  });
  pty.onExit(({ exitCode, signal }) => {
    exit = signal ? { code: null, signal: signalName(signal) } : { code: exitCode, signal: null };
    answers.dispose();
    onExit();
  });

  return {
    pid: pty.pid,
    get exit() {
      return exit;
    },
    get title() {
      return title;
    },
    screen: () => ({ rows: cleanRows(readRows(term)), cols: term.cols }),
    get modes() {
      return { paste: term.modes.bracketedPasteMode, application: term.modes.applicationCursorKeysMode };
    },
    cursor: () => ({ x: term.buffer.active.cursorX, y: term.buffer.active.cursorY }),
    write(bytes) {
      if (!exit) pty.write(bytes);
    },
    resize(newCols, newRows) {
      if (!exit) pty.resize(newCols, newRows);
      term.resize(newCols, newRows);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose: () => term.dispose(),
  };
}

async function loadPty(): Promise<typeof import('node-pty')> {
  try {
    return await import('node-pty');
  } catch (error) {
    throw new EffectError({
      code: 'spawn-failed',
      message: `embedded panes do not work here: ${messageOf(error)}`,
      hint: 'install tmux 3.2 or newer, or install oompa again so that it gets the binary of node-pty for this machine',
      cause: error,
    });
  }
}

function start<T>(spawn: () => T): T {
  try {
    return spawn();
  } catch (error) {
    throw new EffectError({
      code: 'spawn-failed',
      message: `no pseudo-terminal: ${messageOf(error)}`,
      retryable: true,
      hint: 'the machine may be out of processes or terminals; end some and try again',
      cause: error,
    });
  }
}

function signalName(number: number): string {
  const known = Object.entries(constants.signals).find(([, each]) => each === number);
  return known?.[0] ?? `SIG${number}`;
}
