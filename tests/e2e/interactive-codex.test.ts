// Codex's own terminal UI, driven by the runner.
import { interactiveTests } from '../clis/interactive-tests.ts';

interactiveTests('codex', { answers: true, allow: 'y' });
