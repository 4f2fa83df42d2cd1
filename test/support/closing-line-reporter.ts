import type { Reporter, TestModule } from 'vitest/node';
import { findSecrets, type Evidence } from './secrets.ts';

declare global {
  /** Set by `global-setup.ts`, which runs in the same process. */
  var nightscoreEvidence: Evidence | undefined;
}

/**
 * Ends a test run with the one line that CI reads. A file that could not be loaded counts as a failed test, and so does the search for secrets in all that
 * the tests left behind.
 */
export default class ClosingLineReporter implements Reporter {
  async onTestRunEnd(testModules: readonly TestModule[], unhandledErrors: readonly unknown[]): Promise<void> {
    const states = testModules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    const passed = states.filter((state) => state === 'passed').length;
    const failed = states.filter((state) => state === 'failed').length;
    const broken = testModules.filter((module) => module.errors().length > 0).length + unhandledErrors.length;
    const leaks = await searchForSecrets();
    process.stdout.write(`${passed} passed, ${failed + broken + leaks} failed\n`);
  }
}

async function searchForSecrets(): Promise<number> {
  if (!globalThis.nightscoreEvidence) return 0;
  const { found, searched } = await findSecrets(globalThis.nightscoreEvidence);
  for (const where of found) process.stdout.write(`SECRET: ${where}\n`);
  process.stdout.write(`searched ${searched} logs, ledgers and histories for secrets: ${found.length} found\n`);
  if (found.length > 0) process.exitCode = 1;
  return found.length;
}
