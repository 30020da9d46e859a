// A program in a pseudo-terminal of which every byte is kept, with a screen to read what a person would see.
import xterm from '@xterm/headless';
import { spawn } from 'node-pty';
import { onTestFinished } from 'vitest';
import { until } from './until.ts';

export interface Recorded {
  /** All that the program wrote. */
  bytes(): Buffer;
  screen(): string;
  sees(text: string | RegExp): Promise<void>;
  write(keys: string): void;
  /** The exit code, when it has ended. */
  ended(): Promise<number>;
}

export function record(
  argv: readonly string[],
  { cwd, env, cols = 140, rows = 40 }: { cwd: string; env: Record<string, string>; cols?: number; rows?: number },
): Recorded {
  const [program = '', ...args] = argv;
  const screen = new xterm.Terminal({ cols, rows, allowProposedApi: true });
  const chunks: Buffer[] = [];
  let code: number | null = null;
  const pty = spawn(program, args, { name: 'xterm-256color', cols, rows, cwd, env, encoding: null });
  pty.onData((data: string | Uint8Array) => {
    chunks.push(Buffer.from(data as Uint8Array));
    screen.write(data);
  });
  pty.onExit(({ exitCode }) => {
    code = exitCode;
  });
  onTestFinished(() => {
    if (code === null) pty.kill('SIGKILL');
    screen.dispose();
  });
  const recorded: Recorded = {
    bytes: () => Buffer.concat(chunks),
    screen: () =>
      Array.from(
        { length: rows },
        (_, at) => screen.buffer.active.getLine(screen.buffer.active.viewportY + at)?.translateToString(true) ?? '',
      ).join('\n'),
    sees: async (text) => {
      const isSeen = () => (typeof text === 'string' ? recorded.screen().includes(text) : text.test(recorded.screen()));
      await until(`${text} on the screen`, isSeen, { show: recorded.screen });
    },
    write: (keys) => pty.write(keys),
    ended: async () => {
      await until('the end of the program', () => code !== null, { show: recorded.screen });
      return code ?? -1;
    },
  };
  return recorded;
}
