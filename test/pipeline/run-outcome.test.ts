import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StepOutcome } from '../../src/pipeline/outcome.ts';
import { isFailure, runOutcome, STEP_OUTCOME_MEANS } from '../../src/pipeline/run-outcome.ts';

const outcomes = Object.keys(STEP_OUTCOME_MEANS) as StepOutcome[];

describe('the outcome of a run', () => {
  test('is succeeded when steps succeeded or were skipped', () => {
    expect(runOutcome(['succeeded', 'skipped'], false)).toBe('succeeded');
  });

  test.each(outcomes.filter(isFailure))(
    'is failed when a step is %s, even if another step dealt with it',
    (outcome) => {
      expect(runOutcome([outcome, 'succeeded'], false)).toBe('failed');
    },
  );

  test('is cancelled when the run was cancelled, also when a step failed', () => {
    expect(runOutcome(['succeeded', 'cancelled'], true)).toBe('cancelled');
    expect(runOutcome(['failed', 'cancelled'], true)).toBe('cancelled');
    expect(runOutcome([], true)).toBe('cancelled');
  });

  test('is succeeded when the cancel came too late to change anything', () => {
    expect(runOutcome(['succeeded', 'skipped'], true)).toBe('succeeded');
  });

  test('is succeeded only when nothing failed and nothing was left out', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...outcomes)), fc.boolean(), (steps, cancelled) => {
        if (runOutcome(steps, cancelled) === 'succeeded') {
          expect(steps.filter((outcome) => outcome !== 'succeeded' && outcome !== 'skipped')).toEqual([]);
        }
      }),
    );
  });
});
