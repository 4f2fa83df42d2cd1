import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTerminal, type JobState } from '../../src/pipeline/job-state.ts';
import type { Sight } from '../../src/pipeline/heartbeat.ts';
import type { JobObservation } from '../../src/pipeline/job.ts';
import { hasEnded, miss, see, stalledSince, surrender } from '../../src/watch/sight.ts';

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

  test('is waited out for so long, counted from its first sight to its last, and forgotten when a known one comes', () => {
    const sight = after(observed(0, 'running'), observed(1, undefined), observed(30, undefined));
    expect(surrender(sight, LIMITS)).toBeUndefined();
    expect(surrender(see(sight, observed(31, undefined)), LIMITS)).toBe('unknown-status');
    expect(surrender(see(sight, observed(60, 'running')), LIMITS)).toBeUndefined();
  });
});

describe('a job that cannot be seen', () => {
  /** Looks that tell nothing, this many minutes after the start. */
  const blind = (sight: Sight, ...looks: number[]) =>
    looks.reduce((last, minute) => miss(last, minutes(minute), 'denied'), sight);
  const everyFive = (from: number, to: number) =>
    Array.from({ length: (to - from) / 5 + 1 }, (_, index) => from + index * 5);

  test('is given up when looks have told nothing for so long', () => {
    const sight = after(observed(0, 'running'));
    expect(surrender(blind(sight, ...everyFive(5, 60)), LIMITS)).toBeUndefined();
    expect(surrender(blind(sight, ...everyFive(5, 65)), LIMITS)).toBe('blind');
    expect(surrender(blind({}, ...everyFive(5, 65)), LIMITS)).toBe('blind');
  });

  test('is not given up for the time in which nobody looked', () => {
    expect(surrender(after(observed(0, 'running')), LIMITS)).toBeUndefined();
    expect(surrender(blind(after(observed(0, 'running')), 5, 6, 2_000), LIMITS)).toBeUndefined();
  });

  test('is seen again as soon as one look tells something', () => {
    const sight = see(blind(after(observed(0, 'running')), ...everyFive(5, 60)), observed(61, 'running'));
    expect(sight).not.toHaveProperty('unseenSince');
    expect(sight).not.toHaveProperty('unseenBecause');
  });

  test('is not stalled', () => {
    const sight = after(observed(0, 'running'));
    expect(stalledSince(blind(sight, ...everyFive(5, 60)), LIMITS)).toBeUndefined();
  });
});

describe('a job is stalled', () => {
  const running = (minute: number, processed: number) => observed(minute, 'running', { records: { processed } });

  test('so long after anything last moved, as far as it was seen', () => {
    const sight = after(running(0, 10), running(5, 20), running(9, 20), running(14, 20));
    expect(stalledSince(sight, LIMITS)).toBeUndefined();
    expect(stalledSince(see(sight, running(15, 20)), LIMITS)).toBe(new Date(minutes(5)).toISOString());
  });

  test('not in the service’s own queue, nor without a limit', () => {
    expect(stalledSince(after(observed(0, 'queued'), observed(500, 'queued')), LIMITS)).toBeUndefined();
    const { stallMs: _, ...limits } = LIMITS;
    expect(stalledSince(after(running(0, 10), running(500, 10)), limits)).toBeUndefined();
  });

  test('only after the time that earlier jobs took, where the service tells nothing of its progress', () => {
    const limits = { ...LIMITS, quietUntil: minutes(40) };
    const sight = after(observed(0, 'running'), observed(49, 'running'));
    expect(stalledSince(sight, limits)).toBeUndefined();
    expect(stalledSince(see(sight, observed(50, 'running')), limits)).toBeDefined();
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
