/**
 * How a job ended, as it is true at AWS:
 *
 * - `succeeded`: the service says so
 * - `failed`: the service says so, or its result did not pass the gate
 * - `stopped`: stopped, by us or by someone else
 * - `left-running`: we gave up on it and it may still run
 * - `lost`: the service no longer knows it
 * - `rejected`: the service refused to start it; there is no job
 */
export type JobOutcome = 'succeeded' | 'failed' | 'stopped' | 'left-running' | 'lost' | 'rejected';

/** How a step ended. `skipped`: its `if` was false. `cancelled`: before there was a job. A follow-up that was cancelled while it ran is `stopped`. */
export type StepOutcome = JobOutcome | 'skipped' | 'cancelled';

export type RunOutcome = 'succeeded' | 'failed' | 'cancelled';
