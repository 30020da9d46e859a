// The pane backends by name: the one place that knows them all.
import type { State } from '../core/state.ts';
import type { Paths } from '../disk/paths.ts';
import type { PaneBackend } from '../panes/contract.ts';
import { createMemoryPanes } from '../panes/memory.ts';
import { createPtyPanes } from '../panes/pty.ts';
import { createTmuxPanes } from '../panes/tmux.ts';

/** Panes of a swarm for a process that is not its supervisor; null when they live inside the supervisor's process. */
export function clientPanes(paths: Paths, state: State): PaneBackend | null {
  return state.swarm?.panes === 'tmux' ? openPanes('tmux', paths, state.swarm.id) : null;
}

/** The panes of a swarm, as its supervisor opens them. */
export function openPanes(kind: PaneBackend['kind'], paths: Paths, swarm: string): PaneBackend {
  if (kind === 'tmux') return createTmuxPanes({ folder: paths.panes, swarmTag: swarm });
  return kind === 'pty' ? createPtyPanes({ swarmTag: swarm }) : createMemoryPanes();
}
