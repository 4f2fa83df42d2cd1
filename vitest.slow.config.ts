import { defineConfig } from 'vitest/config';

/** Tests that take longer than 20 s each: whole local stacks as people start, stop and kill them. */
export default defineConfig({
  test: {
    include: ['test/slow/**/*.slow.ts'],
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    testTimeout: 300_000,
    hookTimeout: 60_000,
    // Each starts servers and workers enough for the machine.
    fileParallelism: false,
  },
});
