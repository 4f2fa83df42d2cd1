import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visibilityQuery } from '../../src/client/run-filter.ts';

test('no filter lists all runs, and runs only', () => {
  expect(visibilityQuery({})).toBe("WorkflowType = 'runPipeline'");
});

test('a filter names what it compares', () => {
  const startedAfter = new Date('2026-11-20T00:00:00Z');
  expect(visibilityQuery({ pipeline: 'churn-nightly', status: 'cancelled', job: 'a-job', startedAfter })).toBe(
    "WorkflowType = 'runPipeline' AND NightscorePipeline = 'churn-nightly' AND ExecutionStatus = 'Canceled'" +
      " AND NightscoreJobs = 'a-job' AND StartTime >= '2026-11-20T00:00:00.000Z'",
  );
});

test('no value breaks out of its quotes', () => {
  fc.assert(
    fc.property(fc.string(), (key) => {
      const [, value = ''] = /NightscorePeriod = '(.*)'$/s.exec(visibilityQuery({ key })) ?? [];
      expect(value.replace(/\\./gs, '')).not.toContain("'");
    }),
  );
});
