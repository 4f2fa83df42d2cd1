import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visibilityQuery } from '../../src/client/run-filter.ts';

test('no filter lists all runs, and runs only', () => {
  expect(visibilityQuery({})).toBe("WorkflowType = 'runPipeline'");
});

test('a filter names what it compares', () => {
  const startedAfter = new Date('2026-11-20T00:00:00Z');
  expect(visibilityQuery({ pipeline: 'churn-nightly', status: 'cancelled', job: 'a-job', startedAfter })).toBe(
    "WorkflowType = 'runPipeline' AND ExecutionStatus = 'Canceled' AND NightscoreJobs = 'a-job'" +
      " AND WorkflowId STARTS_WITH 'churn-nightly/' AND StartTime >= '2026-11-20T00:00:00.000Z'",
  );
});

test('pipelines and keys are told by the workflow id, which a run has before a worker takes it up', () => {
  const isRun = "WorkflowType = 'runPipeline'";
  expect(visibilityQuery({ pipeline: 'a', key: 'k' })).toBe(`${isRun} AND WorkflowId = 'a/k'`);
  expect(visibilityQuery({ ofPipelines: ['a', 'b'], key: 'k' })).toBe(
    `${isRun} AND (WorkflowId = 'a/k' OR WorkflowId = 'b/k')`,
  );
  expect(visibilityQuery({ pipeline: 'a', ofPipelines: ['a', 'b'] })).toBe(
    `${isRun} AND WorkflowId STARTS_WITH 'a/' AND (WorkflowId STARTS_WITH 'a/' OR WorkflowId STARTS_WITH 'b/')`,
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
