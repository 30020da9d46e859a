// A stage for the real face: a terminal of values. What is written goes into an emulator, so that tests ask what a person sees.
import { PassThrough, Writable } from 'node:stream';
import xterm from '@xterm/headless';
import stringWidth from 'string-width';
import type { State } from '../../src/core/state.ts';
import { showFace } from '../../src/ui/face.tsx';
import type { Size } from '../../src/ui/ports.ts';
import type { Farewell } from '../../src/ui/store.ts';
import { type FakePorts, makeClock, makePorts } from './fixtures.ts';

export interface Stage {
  ports: FakePorts;
  clock: ReturnType<typeof makeClock>;
  /** The rows on the screen, without trailing blanks. */
  rows(): string[];
  text(): string;
  /** All that was written so far. */
  bytes(): string;
  press(keys: string): void;
  resize(size: Size): void;
  until(condition: () => boolean, what: string): Promise<void>;
  /** Waits until the screen shows this. */
  sees(text: string | RegExp): Promise<void>;
  farewell: Promise<Farewell>;
  close(): Promise<void>;
}

export interface StageOptions {
  state: State;
  size?: Size;
  ports?: FakePorts;
  env?: Record<string, string>;
}

/** The emulator knows no emoji by itself; this terminal counts columns as the face does. */
const asMeasured = {
  version: 'as-measured',
  wcwidth: (codepoint: number) => Math.min(2, stringWidth(String.fromCodePoint(codepoint))) as 0 | 1 | 2,
  charProperties: (codepoint: number, preceding: number) => {
    const own = asMeasured.wcwidth(codepoint);
    const before = (preceding >> 1) & 3;
    const joins = own === 0 && preceding !== 0 && before !== 0;
    return ((joins ? Math.max(own, before) : own) << 1) | (joins ? 1 : 0);
  },
};

export async function openStage(options: StageOptions): Promise<Stage> {
  const {
    state,
    size = { cols: 140, rows: 40 },
    ports = makePorts(),
    env = { LANG: 'C.UTF-8', TERM: 'xterm' },
  } = options;
  const clock = makeClock();
  const terminal = new xterm.Terminal({ ...size, allowProposedApi: true, scrollback: 0, convertEol: true });
  terminal.unicode.register(asMeasured);
  terminal.unicode.activeVersion = asMeasured.version;
  let bytes = '';
  const stdout = Object.assign(
    new Writable({
      decodeStrings: false,
      write(chunk, _encoding, done) {
        bytes += String(chunk);
        terminal.write(chunk, () => done());
      },
    }),
    { isTTY: true, columns: size.cols, rows: size.rows },
  );
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: () => stdin,
    ref: () => {},
    unref: () => {},
  });
  const closing = new AbortController();
  const farewell = showFace({
    ports,
    state,
    clock,
    env,
    signal: closing.signal,
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: stdout as unknown as NodeJS.WriteStream,
  });

  let failure: unknown;
  farewell.catch((error) => {
    failure = error;
  });
  const stage: Stage = {
    ports,
    clock,
    rows: () =>
      Array.from(
        { length: terminal.rows },
        (_, at) => terminal.buffer.active.getLine(at)?.translateToString(false, 0, terminal.cols).trimEnd() ?? '',
      ),
    text: () => stage.rows().join('\n'),
    bytes: () => bytes,
    press: (keys) => void stdin.write(keys),
    resize: ({ cols, rows }) => {
      Object.assign(stdout, { columns: cols, rows });
      terminal.resize(cols, rows);
      stdout.emit('resize');
    },
    until: async (condition, what) => {
      const end = Date.now() + 20_000;
      while (!condition()) {
        if (failure) throw failure;
        if (Date.now() > end) throw new Error(`never came: ${what}; on the screen:\n${stage.text()}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    sees: (text) =>
      stage.until(
        () => (typeof text === 'string' ? stage.text().includes(text) : text.test(stage.text())),
        String(text),
      ),
    farewell,
    close: async () => {
      closing.abort();
      await farewell;
      terminal.dispose();
    },
  };
  await stage.until(() => stage.text().trim() !== '', 'the first frame');
  return stage;
}
