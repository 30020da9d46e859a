// Opens the face on this terminal: finds (or, embedded, starts) the swarm, and gives the face its ports.
import { exitCodes } from '../core/errors.ts';
import type { Paths } from '../disk/paths.ts';
import type { Running } from './compose.ts';
import { identity } from './identity.ts';
import type { Overrides } from './new-swarm.ts';
import { clientPanes } from './panes.ts';
import { createPorts } from './ports.ts';
import { beScreen } from './presence.ts';
import { needLatest } from './workspace.ts';

export interface FaceStart {
  /** Whether the first frame is on the screen. */
  painted: boolean;
  /** Run the supervisor in this process (panes without tmux). */
  embedded?: Overrides;
}

/** Shows the face until the operator leaves. An embedded swarm ends its panes with it and goes on at the next start. */
export async function openFace(paths: Paths, { painted, embedded }: FaceStart): Promise<number> {
  const running: Running | null = embedded ? await startEmbedded(paths, embedded) : null;
  const latest = needLatest(paths);
  const panes = running?.panes ?? clientPanes(paths, latest.state);
  const ports = createPorts(paths, latest, panes);
  const showFace = await loadFace();
  // An agent that opens a screen is nobody who watches; a disk that is full keeps nobody from watching.
  const noScreen = async () => {};
  const leaveScreen = identity().isAgent ? noScreen : await beScreen(paths).catch(() => noScreen);
  let broken: unknown = null;
  running?.supervisor.ended.catch((error) => {
    broken = error;
  });
  try {
    await showFace({ ports, state: latest.state, skeleton: painted });
  } finally {
    await leaveScreen();
    await ports.close();
    await running?.release();
    await panes?.release();
  }
  if (broken) throw broken;
  return exitCodes.ok;
}

// A face without a supervisor in it need not load one.
async function startEmbedded(paths: Paths, overrides: Overrides): Promise<Running> {
  const { compose } = await import('./compose.ts');
  return compose(paths, overrides);
}

// Ink's layout engine asks `fetch` for its own bytes when there is one, and that loads a whole HTTP client into Node first.
async function loadFace() {
  const { fetch } = globalThis;
  Object.assign(globalThis, { fetch: undefined });
  try {
    return (await import('../ui/face.tsx')).showFace;
  } finally {
    Object.assign(globalThis, { fetch });
  }
}
