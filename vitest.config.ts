import { configDefaults, defineConfig, mergeConfig } from 'vitest/config';

/** What all suites but the slow one share. */
export const suite = defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Real servers and native workers: one process for each file, and no more of them than cores.
    pool: 'forks',
    maxWorkers: 2,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
});

/** The faults, and what else takes minutes, have a suite of their own: `npm test` shall take less than five. */
export default mergeConfig(suite, {
  test: { include: ['test/**/*.test.ts'], exclude: [...configDefaults.exclude, 'test/faults/**'] },
});
