// The real face, bundled as it is shipped (production React), drawing into a terminal of values.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { State } from '../src/core/state.ts';
import type { Face } from '../src/ui/store.ts';
import { checkout, tempFolder } from './program.ts';

export interface Drawn {
  face: Face;
  /** Bytes written so far. */
  bytes(): number;
  /** Changes the face; ms until the frame of it was written. */
  frame(change: Parameters<Face['update']>[0]): Promise<number>;
  press(keys: string): void;
  /** Resolves with the next write. */
  nextWrite(): Promise<void>;
  close(): void;
}

const size = { cols: 200, rows: 50 };

/** Draws this state on 200 x 50. No eyes are open: what moves is moved by the caller. */
export async function drawFace(state: State): Promise<Drawn> {
  const { start } = await bundled();
  let bytes = 0;
  let onWrite: (() => void)[] = [];
  const stdout = Object.assign(
    new Writable({
      decodeStrings: false,
      write(chunk, _encoding, done) {
        bytes += Buffer.byteLength(chunk);
        // Not what encloses a frame (synchronised update), but the frame itself.
        if (String(chunk).length > 16) for (const each of onWrite.splice(0)) each();
        done();
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
  const nextWrite = () => new Promise<void>((resolve) => onWrite.push(resolve));
  const first = nextWrite();
  const { face, stop } = start({ state, size, stdin, stdout });
  await first;
  return {
    face,
    bytes: () => bytes,
    press: (keys) => void stdin.write(keys),
    nextWrite,
    async frame(change) {
      const written = nextWrite();
      const from = performance.now();
      face.update(change);
      await written;
      return performance.now() - from;
    },
    close() {
      onWrite = [];
      stop();
    },
  };
}

interface Bundled {
  start(options: object): { face: Face; stop(): void };
}

let loaded: Promise<Bundled> | null = null;

/** Node strips types, but reads no JSX: esbuild makes one file of it, as the build of the program does. */
function bundled(): Promise<Bundled> {
  loaded ??= (async () => {
    const built = await build({
      stdin: { contents: entry, resolveDir: checkout, loader: 'tsx' },
      absWorkingDir: checkout,
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'node22',
      minify: true,
      jsx: 'automatic',
      define: { 'process.env.NODE_ENV': '"production"' },
      alias: { 'react-devtools-core': './scripts/no-devtools.mjs' },
      banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    });
    const file = join(tempFolder(), 'face.mjs');
    writeFileSync(file, built.outputFiles[0]?.contents ?? '');
    return (await import(pathToFileURL(file).href)) as Bundled;
  })();
  return loaded;
}

// As src/ui/face.tsx does it, without eyes.
const entry = `
import { render } from 'ink';
import { App } from './src/ui/app.tsx';
import { systemClock } from './src/ui/ports.ts';
import { createFace } from './src/ui/store.ts';
import { themeFor } from './src/ui/theme.ts';
export function start({ state, size, stdin, stdout }) {
  const nothing = async () => null;
  const ports = {
    journal: () => () => {}, live: async () => ({}), progress: nothing, screen: nothing, diff: nothing,
    taskText: nothing, send: nothing, attach: nothing, supervisorUp: async () => true,
  };
  const theme = themeFor({ LANG: 'C.UTF-8', TERM: 'xterm-256color' });
  const face = createFace(ports, state, { size, theme, clock: systemClock });
  const ink = render(<App face={face} />, {
    stdin, stdout, alternateScreen: true, incrementalRendering: true, exitOnCtrlC: false, patchConsole: false,
    maxFps: 60, interactive: true, onRender: () => face.arming.painted(),
  });
  return { face, stop: () => { ink.unmount(); ink.cleanup(); } };
}
`;
