import type { RunOutcome, StepOutcome } from './outcome.ts';
import type { StepReport } from './report.ts';

/** What a step's outcome means for the steps after it and for the run. A skipped step is no failure. */
export const STEP_OUTCOME_MEANS = {
  succeeded: 'success',
  skipped: 'nothing',
  // It did not do its work, whether or not there was a job already.
  cancelled: 'failure',
  failed: 'failure',
  stopped: 'failure',
  'left-running': 'failure',
  lost: 'failure',
  rejected: 'failure',
} as const satisfies Record<StepOutcome, 'success' | 'failure' | 'nothing'>;

export function isFailure(outcome: StepOutcome): boolean {
  return STEP_OUTCOME_MEANS[outcome] === 'failure';
}

/** Whether the job of a step has left results: its service says that it succeeded, although its gate or the look at the results may have failed the step. */
export function hasResults({ outcome, cause }: Pick<StepReport, 'outcome' | 'cause'>): boolean {
  // The cause says why a service failed a job.
  return outcome === 'succeeded' || (outcome === 'failed' && cause === undefined);
}

/**
 * How a run ended, from how its steps ended. A failed step fails the run even if a step with `if: failed()` dealt with it.
 * A cancelled run is `cancelled`, unless the cancel came so late that it kept nothing from succeeding.
 */
export function runOutcome(steps: readonly StepOutcome[], cancelled: boolean): RunOutcome {
  const undisturbed = steps.length > 0 && steps.every((outcome) => outcome === 'succeeded' || outcome === 'skipped');
  if (undisturbed) return 'succeeded';
  if (cancelled) return 'cancelled';
  return steps.some(isFailure) ? 'failed' : 'succeeded';
}
