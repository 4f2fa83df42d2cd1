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

test('the report of 500 steps that were tried again in nine replays keeps the latest earlier job of each', () => {
  const large = report(500, '');
  for (const step of Object.values(large.steps)) {
    step.earlierJobs = Array.from({ length: 9 }, (_, index) => ({
      id: `nightscore-job-of-a-pipeline-with-a-long-name-2026-11-20-${index + 1}`,
      service: 'machine-learning/batch-prediction',
      region: 'eu-west-1',
      adopted: false,
      rawStatus: 'FAILED',
      outputUri: 's3://some-bucket/some/prefix/2026-11-20/',
      submittedAt: '2026-11-20T02:00:00.000Z',
      endedAt: '2026-11-20T03:00:00.000Z',
    }));
  }
  shrinkReport(large);
  expect(Buffer.byteLength(JSON.stringify(large))).toBeLessThan(600_000);
  expect(large.steps['step_0']?.earlierJobs).toMatchObject([{ id: expect.stringMatching(/-9$/) as string }]);
});
