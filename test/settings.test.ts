import { expect, test } from 'vitest';
import { readSettings } from '../src/settings.ts';

test('an empty environment gives the documented defaults', () => {
  expect(readSettings({})).toMatchObject({
    pipelinesFolder: './pipelines',
    taskQueue: 'nightscore',
    pollIntervalMs: 10_000,
    maxJobs: 5_000,
  });
});

test('an empty variable counts as not set', () => {
  expect(readSettings({ NIGHTSCORE_TASK_QUEUE: '' }).taskQueue).toBe('nightscore');
});

test.each([
  ['NIGHTSCORE_POLL_INTERVAL', 'soon'],
  ['NIGHTSCORE_POLL_INTERVAL', '0s'],
  ['NIGHTSCORE_MAX_JOBS', '-1'],
  ['NIGHTSCORE_MAX_JOBS', 'many'],
  ['NIGHTSCORE_LOG_LEVEL', 'loud'],
])('%s=%s is refused by the name of the variable', (name, value) => {
  expect(() => readSettings({ [name]: value })).toThrow(name);
});

test('all that is wrong is said at once', () => {
  const environment = { NIGHTSCORE_POLL_INTERVAL: 'x', NIGHTSCORE_MAX_JOBS: 'y' };
  expect(() => readSettings(environment)).toThrow(/NIGHTSCORE_POLL_INTERVAL(.|\n)*NIGHTSCORE_MAX_JOBS/);
});
