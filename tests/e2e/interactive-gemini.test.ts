// Gemini CLI's own terminal UI, driven by the runner.
import { interactiveTests } from '../clis/interactive-tests.ts';

interactiveTests('gemini', { answers: false, allow: '\r' });
