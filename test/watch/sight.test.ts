import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTerminal, type JobState } from '../../src/pipeline/job-state.ts';
import type { Sight } from '../../src/pipeline/heartbeat.ts';
import type { JobObservation } from '../../src/pipeline/job.ts';
import { hasEnded, see, stalledSince, surrender } from '../../src/watch/sight.ts';

const START = Date.parse('2026-11-20T02:00:00.000Z');
const LIMITS = { blindMs: 3_600_000, unknownStatusMs: 1_800_000, stallMs: 600_000 };
const minutes = (count: number) => START + count * 60_000;

function observed(minute: number, state: JobState | undefined, more: Partial<JobObservation> = {}): JobObservation {
  const ref = { service: 'fraud-detector/batch-prediction', region: 'eu-west-1', id: 'a-job' };
  const observedAt = new Date(minutes(minute)).toISOString();
  return { ref, rawStatus: state ?? 'REBALANCING', observedAt, ...(state && { state }), ...more };
}

const after = (...observations: JobObservation[]): Sight => observations.reduce<Sight>(see, {});

describe('a status that Nightscore does not know', () => {
  test('keeps the last state that was known', () => {
    expect(after(observed(0, 'running'), observed(1, undefined)).observation).toMatchObject({
      state: 'running',
      rawStatus: 'REBALANCING',
    });
  });

  test('is waited out for so long, counted from its first sight, and forgotten when a known one comes', () => {
    const sight = after(observed(0, 'running'), observed(1, undefined), observed(20, undefined));
    expect(surrender(sight, START, minutes(30), LIMITS)).toBeUndefined();
    expect(surrender(sight, START, minutes(31), LIMITS)).toBe('unknown-status');
    expect(surrender(see(sight, observed(21, 'running')), START, minutes(60), LIMITS)).toBeUndefined();
  });
});

describe('a job that cannot be seen', () => {
  test('is given up so long after it was last seen', () => {
    const sight = after(observed(10, 'running'));
    expect(surrender(sight, START, minutes(69), LIMITS)).toBeUndefined();
    expect(surrender(sight, START, minutes(70), LIMITS)).toBe('blind');
  });

  test('and never was is given up so long after somebody began to wait', () => {
    expect(surrender({}, START, minutes(59), LIMITS)).toBeUndefined();
    expect(surrender({}, START, minutes(60), LIMITS)).toBe('blind');
  });
});

describe('a job is stalled', () => {
  const running = (minute: number, processed: number) => observed(minute, 'running', { records: { processed } });

  test('so long after anything last moved', () => {
    const sight = after(running(0, 10), running(5, 20), running(9, 20), running(14, 20));
    expect(stalledSince(sight, minutes(14), LIMITS)).toBeUndefined();
    expect(stalledSince(sight, minutes(15), LIMITS)).toBe(new Date(minutes(5)).toISOString());
  });

  test('not in the service’s own queue, nor without a limit', () => {
    expect(stalledSince(after(observed(0, 'queued')), minutes(500), LIMITS)).toBeUndefined();
    const { stallMs: _, ...limits } = LIMITS;
    expect(stalledSince(after(running(0, 10)), minutes(500), limits)).toBeUndefined();
  });

  test('only after the time that earlier jobs took, where the service tells nothing of its progress', () => {
    const sight = after(observed(0, 'running'));
    const limits = { ...LIMITS, quietUntil: minutes(40) };
    expect(stalledSince(sight, minutes(49), limits)).toBeUndefined();
    expect(stalledSince(sight, minutes(50), limits)).toBeDefined();
  });

  test('no longer once something moves', () => {
    const stalled = { ...after(running(0, 10)), stalledSince: 'then' };
    expect(see(stalled, running(20, 10)).stalledSince).toBe('then');
    expect(see(stalled, running(20, 11)).stalledSince).toBeUndefined();
  });
});

test('whatever is seen, a sight has ended exactly if the last known state is terminal', () => {
  const states = fc.constantFrom<JobState | undefined>(
    'queued',
    'running',
    'stopping',
    'succeeded',
    'failed',
    'stopped',
    'deleted',
    undefined,
  );
  fc.assert(
    fc.property(fc.array(states), (seen) => {
      const sight = after(...seen.map((state, minute) => observed(minute, state)));
      const last = seen.findLast((state) => state !== undefined);
      expect(hasEnded(sight)).toBe(last !== undefined && isTerminal(last));
    }),
  );
});
