import { createTmuxPanes } from '../../src/panes/tmux.ts';
import { conformance } from './conformance.ts';

// One swarm for each test: its tag is part of the proof that a process is ours.
const tags = new Map<string, string>();
conformance('tmux', {
  make(folder) {
    const swarmTag = tags.get(folder) ?? crypto.randomUUID().slice(0, 8);
    tags.set(folder, swarmTag);
    return createTmuxPanes({ folder: `${folder}/panes`, swarmTag });
  },
  processes: true,
});
