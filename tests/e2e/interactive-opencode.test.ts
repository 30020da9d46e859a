// OpenCode's own terminal UI, driven by the runner.
import { interactiveTests } from '../clis/interactive-tests.ts';

interactiveTests('opencode', { answers: true, allow: '\r' });
