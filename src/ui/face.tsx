// Opens the face on a terminal and closes it: Ink, eyes, size.
import { render } from 'ink';
import type { State } from '../core/state.ts';
import { App } from './app.tsx';
import { openEyes } from './eyes/index.ts';
import { type Clock, type Ports, type Size, systemClock } from './ports.ts';
import { quietConsole } from './quiet.ts';
import { createFace, type Farewell } from './store.ts';
import { themeFor } from './theme.ts';

export interface FaceOptions {
  ports: Ports;
  /** The fold of the journal so far. */
  state: State;
  stdin?: NodeJS.ReadStream;
  stdout?: NodeJS.WriteStream;
  env?: Readonly<Record<string, string | undefined>>;
  clock?: Clock;
  /** Whether a skeleton stands on the alternate screen already. */
  skeleton?: boolean;
  /** Closes the face from outside, as if the operator had left. */
  signal?: AbortSignal;
}

/** Draws until the operator leaves; resolves to how. Rejects when drawing itself fails; the terminal is restored then, too. */
export async function showFace(options: FaceOptions): Promise<Farewell> {
  const {
    ports,
    state,
    stdin = process.stdin,
    stdout = process.stdout,
    env = process.env,
    clock = systemClock,
  } = options;
  const face = createFace(ports, state, { size: sizeOf(stdout), theme: themeFor(env), clock });
  const app = <App face={face} />;
  // Wipe the skeleton in the same turn as Ink's first frame, and from the top, where that frame belongs.
  if (options.skeleton) stdout.write('\x1b[H\x1b[J');
  const drawn: { rerender?: () => void } = {};
  const onResize = () => {
    face.update({ size: sizeOf(stdout) });
    drawn.rerender?.();
  };
  // Before Ink's own listener: it redraws at once, and the old frame on the new size would wrap.
  stdout.on('resize', onResize);
  const ink = render(app, {
    stdin,
    stdout,
    alternateScreen: true,
    incrementalRendering: true,
    exitOnCtrlC: false,
    patchConsole: false,
    maxFps: 60,
    interactive: true,
    onRender: () => face.arming.painted(),
  });
  drawn.rerender = () => ink.rerender(app);
  const closeEyes = openEyes(face);
  const returnConsole = quietConsole(face);
  const forget = face.store.subscribe(({ state, stopAsked }) => {
    if (stopAsked && state.swarm?.status === 'stopped') face.terminal?.leave('stopped');
  });
  const onAbort = () => ink.unmount();
  options.signal?.addEventListener('abort', onAbort);
  try {
    const how = await ink.waitUntilExit();
    return how === 'stopped' ? 'stopped' : 'left';
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
    forget();
    closeEyes();
    returnConsole();
    stdout.off('resize', onResize);
    ink.cleanup();
  }
}

function sizeOf(stdout: NodeJS.WriteStream): Size {
  return { cols: stdout.columns || 80, rows: stdout.rows || 24 };
}
