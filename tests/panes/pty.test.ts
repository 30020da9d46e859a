import { createPtyPanes } from '../../src/panes/pty.ts';
import { conformance } from './conformance.ts';

conformance('pty', { make: () => createPtyPanes({ swarmTag: crypto.randomUUID() }), processes: true });
