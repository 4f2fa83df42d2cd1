import { describe, expect, it } from 'vitest';
import { chosenKey } from '../../src/client/run-period.ts';
import type { Period, PipelineDefinition } from '../../src/pipeline/definition.ts';

const NOW = new Date('2026-11-20T23:30:00Z');

function pipeline(period?: Period, timezone?: string): PipelineDefinition {
  return {
    name: 'churn',
    ...(period && { period }),
    ...(timezone !== undefined && { schedule: { cron: '0 2 * * *', timezone } }),
    steps: {},
  };
}

describe('chosenKey', () => {
  it.each([
    { of: 'today in UTC by default', definition: pipeline(), options: {}, key: '2026-11-20' },
    {
      of: "today in the pipeline's zone",
      definition: pipeline('day', 'Europe/Berlin'),
      options: {},
      key: '2026-11-21',
    },
    { of: 'this hour', definition: pipeline('hour', 'Europe/Berlin'), options: {}, key: '2026-11-21T00+0100' },
    { of: 'a given day', definition: pipeline(), options: { date: '2026-01-31' }, key: '2026-01-31' },
    {
      of: 'a given hour',
      definition: pipeline('hour', 'Europe/Berlin'),
      options: { date: '2026-07-01T05' },
      key: '2026-07-01T05+0200',
    },
    {
      of: 'an hour given with another offset',
      definition: pipeline('hour', 'Europe/Berlin'),
      options: { key: '2026-07-01T03Z' },
      key: '2026-07-01T05+0200',
    },
    { of: 'a given key', definition: pipeline('none'), options: { key: 'first-try' }, key: 'first-try' },
  ])('is $of: $key', ({ definition, options, key }) => {
    expect(chosenKey(definition, options, NOW)).toBe(key);
  });

  it.each([
    { of: 'a date and a key', definition: pipeline(), options: { date: '2026-01-31', key: 'x' }, message: /not both/ },
    { of: 'no key for a pipeline without a period', definition: pipeline('none'), options: {}, message: /--key/ },
    {
      of: 'a date for one',
      definition: pipeline('none'),
      options: { date: '2026-01-31' },
      message: /--date means nothing/,
    },
    { of: 'a day that does not exist', definition: pipeline(), options: { date: '2026-02-30' }, message: /2026-02-30/ },
    {
      of: 'an hour that exists twice',
      definition: pipeline('hour', 'Europe/Berlin'),
      options: { date: '2026-10-25T02' },
      message: /twice/,
    },
  ])('refuses $of', ({ definition, options, message }) => {
    expect(() => chosenKey(definition, options, NOW)).toThrow(message);
  });
});
