// The harness's own terminal UI in the pane: a program in a pseudo-terminal whose output and keys pass through this process.
import type { Readable, Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { killGroup, sweepTagged } from '../../disk/process.ts';
import type { Opening, Sight } from '../../harnesses/contract.ts';
import { type PtyTerminal, startTerminal } from '../../terminal/terminal.ts';
import { pasteable } from '../../terminal/typing.ts';
import { createKeyboard, type Keyboard } from './keyboard.ts';

export interface TuiOptions {
  opening: Pick<Opening, 'argv' | 'cwd'>;
  /** The whole environment. */
  env: Record<string, string>;
  /** The value of OOMPA_TURN in it: what escapes the process group is found by it. */
  tag: string;
  input: Readable;
  output: Writable;
  graceMs: number;
  /** A person pressed keys. */
  onKeys(): void;
  onExit(): void;
}

export interface Tui {
  readonly keyboard: Keyboard;
  /** How it ended; null while it runs. */
  readonly exit: PtyTerminal['exit'];
  sight(): Sight;
  /** Pastes text into its input box, without Enter; what it takes for one insertion is one call. */
  paste(text: string): void;
  press(key: 'Enter' | 'Escape'): void;
  /** Ends it with all that it started. The pane is an ordinary terminal again. */
  close(): Promise<void>;
}

/** What a program may have left switched on: alternate screen, mouse, focus, paste, key protocols, hidden cursor, colours. */
const reset =
  '\x1b[?1049l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[?2026l\x1b[<u\x1b[>4m\x1b[?1l\x1b>\x1b[?25h\x1b[0m\r\n';

/** EffectError `spawn-failed`. */
export async function openTui({ opening, env, tag, input, output, graceMs, onKeys, onExit }: TuiOptions): Promise<Tui> {
  const keyboard = createKeyboard();
  const size = () => sizeOf(output);
  const terminal = await startTerminal({
    ...opening,
    env,
    ...size(),
    onExit,
    onOutput: (bytes) => write(output, bytes),
  });
  const decoder = new StringDecoder('utf8');
  const onData = (chunk: Buffer | string) => {
    const keys = typeof chunk === 'string' ? chunk : decoder.write(chunk);
    if (keyboard.typed(keys)) onKeys();
    terminal.write(keys);
  };
  const onResize = () => {
    const { cols, rows } = size();
    terminal.resize(cols, rows);
  };
  setRaw(input, true);
  input.on('data', onData).resume();
  output.on('resize', onResize);

  return {
    keyboard,
    get exit() {
      return terminal.exit;
    },
    sight: () => ({
      title: terminal.title,
      rows: terminal.screen().rows.map((row) => row.replace(/\x1b\[[\d;:]*m/g, '')),
    }),
    paste(text) {
      const data = pasteable(text);
      if (data !== '') terminal.write(terminal.modes.paste ? `\x1b[200~${data}\x1b[201~` : data);
    },
    press: (key) => terminal.write(key === 'Enter' ? '\r' : '\x1b'),
    async close() {
      if (!terminal.exit) await killGroup(terminal.pid, { graceMs });
      await sweepTagged('OOMPA_TURN', tag, { graceMs });
      input.off('data', onData);
      output.off('resize', onResize);
      setRaw(input, false);
      terminal.dispose();
      await write(output, Buffer.from(reset));
    },
  };
}

function sizeOf(output: Writable): { cols: number; rows: number } {
  const { columns = 120, rows = 40 } = output as { columns?: number; rows?: number };
  return { cols: columns, rows };
}

function setRaw(input: Readable, raw: boolean): void {
  const { isTTY, setRawMode } = input as { isTTY?: boolean; setRawMode?: (raw: boolean) => void };
  if (isTTY) setRawMode?.call(input, raw);
}

/** Resolves when the output can take more. One that is gone takes everything. */
async function write(output: Writable, bytes: Uint8Array): Promise<void> {
  if (output.destroyed || output.write(bytes)) return;
  const events = ['drain', 'close', 'error'];
  await new Promise<void>((resolve) => {
    const done = () => {
      for (const each of events) output.off(each, done);
      resolve();
    };
    for (const each of events) output.on(each, done);
  });
}
