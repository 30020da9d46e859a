import { createMemoryPanes } from '../../src/panes/memory.ts';
import { conformance } from './conformance.ts';
import { play } from './programs.ts';

conformance('memory', { make: () => createMemoryPanes({ program: play }), processes: 'it runs no process' });
