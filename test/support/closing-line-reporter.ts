import type { Reporter, TestModule } from 'vitest/node';

/** Ends a test run with the one line that CI reads. A file that could not be loaded counts as a failed test. */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(testModules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const states = testModules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    const passed = states.filter((state) => state === 'passed').length;
    const failed = states.filter((state) => state === 'failed').length;
    const broken = testModules.filter((module) => module.errors().length > 0).length + unhandledErrors.length;
    process.stdout.write(`${passed} passed, ${failed + broken} failed\n`);
  }
}
