import { expect, test } from 'vitest';
import type { Gate } from '../../src/pipeline/definition.ts';
import { concludeJob, type Interruption, type JobEnd } from '../../src/pipeline/job-end.ts';
import type { JobObservation } from '../../src/pipeline/job.ts';
import type { JobState } from '../../src/pipeline/job-state.ts';

function seen(state: JobState | undefined, more: Partial<JobObservation> = {}): JobObservation {
  const ref = { service: 'fraud-detector/batch-prediction', region: 'eu-west-1', id: 'a-job' };
  return { ref, rawStatus: 'RAW', observedAt: '2026-11-20T02:00:00.000Z', ...(state && { state }), ...more };
}

interface Case {
  when: string;
  observation?: JobObservation;
  lost?: boolean;
  gate?: Gate;
  interruption?: Interruption;
  expected: Partial<JobEnd>;
}

const records = { total: 1_000, invalid: 20 };
const cases: Case[] = [
  { when: 'the service says so', observation: seen('succeeded'), expected: { outcome: 'succeeded' } },
  {
    when: 'it was cancelled but succeeded before',
    observation: seen('succeeded'),
    interruption: 'cancelled',
    expected: { outcome: 'succeeded' },
  },
  {
    when: 'its records pass the gate',
    observation: seen('succeeded', { records }),
    gate: { maxInvalidRatio: 0.02 },
    expected: { outcome: 'succeeded' },
  },
  {
    when: 'its records do not pass the gate',
    observation: seen('succeeded', { records }),
    gate: { maxInvalid: 19 },
    expected: { outcome: 'failed', error: expect.stringContaining('gate') },
  },
  {
    when: 'the service gives a reason',
    observation: seen('failed', { message: 'No such file' }),
    expected: { outcome: 'failed', error: 'The job failed (cause: unknown): No such file', cause: 'unknown' },
  },
  {
    when: 'the service gives no reason',
    observation: seen('failed'),
    expected: { outcome: 'failed', error: expect.stringContaining('no reason') },
  },
  {
    when: 'we stopped it',
    observation: seen('stopped'),
    interruption: 'timed out',
    expected: { outcome: 'stopped', stoppedBy: 'us' },
  },
  {
    when: 'somebody else stopped it',
    observation: seen('stopped'),
    expected: { outcome: 'stopped', stoppedBy: 'other' },
  },
  {
    when: 'somebody else deleted it',
    observation: seen('deleted'),
    expected: { outcome: 'stopped', stoppedBy: 'other' },
  },
  {
    when: 'the service does not know it any more',
    observation: seen('running'),
    lost: true,
    expected: { outcome: 'lost', error: expect.stringContaining('last seen RAW') },
  },
  {
    when: 'it was never seen',
    lost: true,
    expected: { outcome: 'lost', error: expect.stringContaining('never seen') },
  },
];

test.each(cases)(
  'a job ended as $expected.outcome when $when',
  ({ observation, lost = false, gate, interruption, expected }) => {
    expect(concludeJob(observation, { lost, gate, interruption })).toMatchObject(expected);
  },
);
