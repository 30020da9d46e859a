import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The longest, most of which is waiting: begun first, they do not stand alone at the end. */
const longest = [/\/agents-swarm\./, /\/supervisor\/crash\./, /-opencode\./, /\/mail\/crash\./];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = longest.findIndex((form) => form.test(moduleId));
      return at < 0 ? longest.length : at;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    include: ['tests/**/*.test.{ts,tsx}'],
    // Most tests wait for processes, tmux and fsync, not for the processor: one worker more than a small machine has cores.
    maxWorkers: 3,
    // Nothing is asserted about time; these only end a test that hangs.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    sequence: { sequencer: LongestFirst },
    setupFiles: ['tests/helpers/seed.ts'],
  },
});
