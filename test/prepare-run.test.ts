import { expect, it } from 'vitest';
import type { PipelineDefinition } from '../src/pipeline/definition.ts';
import { prepareRun } from '../src/prepare-run.ts';
import { jobStep } from './support/example-pipelines.ts';

const hourly: PipelineDefinition = {
  name: 'hourly',
  period: 'hour',
  schedule: { cron: '5 * * * *', timezone: 'Europe/Berlin' },
  steps: { score: jobStep('machine-learning/batch-prediction') },
};

it('an hour runs under the key that it has on the clock of its pipeline, and no other', () => {
  expect(prepareRun(hourly, '2026-11-20T02+0100', {}).problems).toBeUndefined();
  expect(prepareRun(hourly, '2026-11-20T01Z', {}).problems).toEqual([
    '"2026-11-20T01Z" is the hour 2026-11-20T02+0100 on the clock of Europe/Berlin: that is its key, so that the hour runs once',
  ]);
  expect(prepareRun(hourly, '2026-11-20T02+0530', {}).problems).toEqual([expect.stringContaining('is no whole hour')]);
});

it('a replay of a run that has begun steps keeps its key when its pipeline has another zone by now', () => {
  expect(prepareRun(hourly, '2026-11-20T01Z', {}, { wasRightOnce: true }).problems).toBeUndefined();
});
