import { expect, test } from 'vitest';
import { shrinkReport } from '../../src/pipeline/report-size.ts';
import type { RunReport, StepReport } from '../../src/pipeline/report.ts';

function report(steps: number, message: string): RunReport {
  const step = (): StepReport => ({ uses: 's3/copy', state: 'ended', outcome: 'failed', attempt: 1, error: message });
  return {
    version: 1,
    run: { id: 'p/k', pipeline: 'p', key: 'k', trigger: 'test', startedAt: '2026-11-20T02:00:00.000Z' },
    outcome: 'failed',
    steps: Object.fromEntries(Array.from({ length: steps }, (_, index) => [`step_${index}`, step()])),
  };
}

test('a report of an ordinary size stays as it is', () => {
  const before = report(20, 'x'.repeat(1_000));
  const after = structuredClone(before);
  shrinkReport(after);
  expect(after).toEqual(before);
});

test('the report of 500 failed steps fits into Temporal whatever its messages are made of', () => {
  const large = report(500, '夜'.repeat(1_000));
  shrinkReport(large);
  expect(Buffer.byteLength(JSON.stringify(large))).toBeLessThan(1_000_000);
  expect(Object.keys(large.steps)).toHaveLength(500);
  expect(large.steps['step_0']?.error).toMatch(/^夜+…$/);
});
