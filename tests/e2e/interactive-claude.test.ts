// Claude Code's own terminal UI, driven by the runner.
import { interactiveTests } from '../clis/interactive-tests.ts';

interactiveTests('claude', { answers: true, allow: '\r', whole: true });
