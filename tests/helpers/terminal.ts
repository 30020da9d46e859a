// Real terminals for the real program: each is a window of a tmux server of its own, driven by keys and read as a person reads it.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { until } from './until.ts';

const run = promisify(execFile);

export interface TerminalOptions {
  cwd: string;
  env: Readonly<Record<string, string>>;
  cols?: number;
  rows?: number;
  /** Whether the program knows that it runs inside tmux. Default false: as if the terminal were a plain one. */
  inside?: boolean;
}

export interface Terminal {
  /** The rows on the screen, without trailing blanks. */
  screen(): Promise<string>;
  /** Waits until the screen shows this; gives the screen. */
  sees(text: string | RegExp): Promise<string>;
  /** Waits until the screen shows this no more. */
  misses(text: string | RegExp): Promise<void>;
  /** Keys by tmux's names, or characters: `press('j', 'Enter', 'C-q')`. */
  press(...keys: string[]): Promise<void>;
  type(text: string): Promise<void>;
  resize(cols: number, rows: number): Promise<void>;
  /** Waits for the end of the program, which must have this exit code; gives the screen that it left. */
  ended(code: number): Promise<string>;
  /** What tmux knows of the terminal: `alternate_on`, `cursor_flag`. */
  fact(name: string): Promise<string>;
  close(): Promise<void>;
}

export async function openTerminal(argv: readonly string[], options: TerminalOptions): Promise<Terminal> {
  const { cwd, env, cols = 140, rows = 40, inside = false } = options;
  const socket = `e2e-${randomUUID().slice(0, 8)}`;
  const tmux = async (...args: string[]) =>
    (
      await run('tmux', ['-L', socket, '-f', '/dev/null', ...args], {
        cwd,
        env: { ...env, TMUX: '' },
        encoding: 'utf8',
      })
    ).stdout;
  // tmux 3.3 sometimes knows that a program ended and not how: its exit code comes from a file.
  const exit = join(tmpdir(), `${socket}.exit`);
  const noting = ['sh', '-c', '"$@"; echo "$?" > "$0.new"; mv "$0.new" "$0"', exit];
  const program = [...noting, ...(inside ? [] : ['env', '-u', 'TMUX', '-u', 'TMUX_PANE']), ...argv];
  const size = ['-x', String(cols), '-y', String(rows)];
  // The option has to stand before the program can end.
  const staying = ['start-server', ';', 'set-option', '-g', 'remain-on-exit', 'on', ';'];
  await tmux(...staying, 'new-session', '-d', ...size, '-c', cwd, '--', ...program);
  const ask = async (format: string) => (await tmux('display-message', '-p', format)).trim();
  const terminal: Terminal = {
    screen: async () => (await tmux('capture-pane', '-p')).trimEnd(),
    sees: async (text) => {
      let screen = '';
      const isSeen = async () => {
        screen = await terminal.screen();
        return typeof text === 'string' ? screen.includes(text) : text.test(screen);
      };
      await until(`${text} on the screen`, isSeen, { show: () => screen });
      return screen;
    },
    misses: async (text) => {
      const isGone = async () => {
        const screen = await terminal.screen();
        return typeof text === 'string' ? !screen.includes(text) : !text.test(screen);
      };
      await until(`${text} gone from the screen`, isGone, { show: terminal.screen });
    },
    press: async (...keys) => {
      for (const key of keys) await tmux('send-keys', key === ';' ? '\\;' : key);
    },
    type: async (text) => void (await tmux('send-keys', '-l', text)),
    resize: async (width, height) => void (await tmux('resize-window', '-x', String(width), '-y', String(height))),
    ended: async (code) => {
      await until('the end of the program', () => existsSync(exit), { show: terminal.screen });
      const screen = await terminal.screen();
      expect(readFileSync(exit, 'utf8').trim(), screen).toBe(String(code));
      return screen;
    },
    fact: (name) => ask(`#{${name}}`),
    close: async () => {
      await tmux('kill-server').catch(() => {});
      rmSync(exit, { force: true });
    },
  };
  return terminal;
}
