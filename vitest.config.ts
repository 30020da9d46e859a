import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.{ts,tsx}'],
    // Most tests wait for processes, tmux and fsync, not for the processor: one worker more than a small machine has cores.
    maxWorkers: 3,
    // Nothing is asserted about time; these only end a test that hangs.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    setupFiles: ['tests/helpers/seed.ts'],
  },
});
