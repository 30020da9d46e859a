// One program in one pseudo-terminal, with a screen in memory.
import { constants } from 'node:os';
import { Terminal } from '@xterm/headless';
import { EffectError, messageOf } from '../../core/errors.ts';
import type { Pane, Screen } from '../contract.ts';
import { cleanRows } from '../rows.ts';
import { readRows } from './cells.ts';

/** Bytes that may wait for the screen: above `high` the program is not read, so it waits; below `low` it is read again. */
const high = 512 << 10;
const low = 128 << 10;
const scrollback = 200;

export interface PtyTerminal {
  readonly pid: number;
  readonly exit: Pane['exit'];
  screen(): Screen;
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
}

/** Starts a program. EffectError `spawn-failed`. */
export async function startTerminal({ argv, cwd, env, cols, rows, onExit }: PtyTerminalOptions): Promise<PtyTerminal> {
  const { spawn } = await loadPty();
  const [program = '', ...args] = argv;
  const term = new Terminal({ cols, rows, scrollback, allowProposedApi: true });
  const listeners = new Set<() => void>();
  let exit: Pane['exit'] = null;
  let waiting = 0;
  let paused = false;
  const pty = start(() => spawn(program, args, { name: 'xterm-256color', cols, rows, cwd, env, encoding: null }));

  // With `encoding: null` the bytes come as they are, whatever the types say; the screen decodes them across chunks.
  pty.onData((data: string | Uint8Array) => {
    waiting += data.length;
    if (waiting > high && !paused) {
      paused = true;
      pty.pause();
    }
    term.write(data, () => {
      waiting -= data.length;
      if (paused && waiting < low) {
        paused = false;
        pty.resume();
      }
      for (const each of listeners) each();
    });
  });
  // Answers of the terminal to the program: where the cursor is, what it can do.
  const answers = term.onData((bytes) => {
    if (!exit) pty.write(bytes);
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
