import type { RunReport, StepReport } from './report.ts';

/**
 * Largest report, in bytes of JSON. The report is in memo and failure alike; Temporal takes 2 MB of each, and a history is hard to read by its own
 * tools from 4 MB on.
 */
const MAX_BYTES = 600_000;

/** What is tried in turn until the report is small enough: how long messages may be, and whether jobs of earlier attempts keep theirs. */
const STAGES = [1_000, 300, 100, 0];

/** How many earlier jobs of each step are told of in a report that is too large. */
const LATEST_JOBS = 1;

/** Shortens the messages in a report until Temporal takes it. Most reports stay as they are. */
export function shrinkReport(report: RunReport): void {
  for (const length of STAGES) {
    if (new TextEncoder().encode(JSON.stringify(report)).length <= MAX_BYTES) return;
    for (const step of Object.values(report.steps)) {
      shrinkStep(step, length);
      if (step.earlier) shrinkStep(step.earlier, length);
    }
  }
  for (const step of Object.values(report.steps)) forgetEarlierJobs(step);
}

/** Of a step that was tried so often, in so many replays, only how its latest jobs went is told. */
function forgetEarlierJobs(step: Pick<StepReport, 'earlierJobs' | 'earlier'>): void {
  if (step.earlierJobs) step.earlierJobs = step.earlierJobs.slice(-LATEST_JOBS);
  if (step.earlier) forgetEarlierJobs(step.earlier);
}

function shrinkStep(step: Pick<StepReport, 'job' | 'earlierJobs' | 'error'>, length: number): void {
  for (const job of step.earlierJobs ?? []) delete job.message;
  if (step.job?.message !== undefined) step.job.message = shortened(step.job.message, length);
  if (step.error !== undefined) step.error = shortened(step.error, length);
}

function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
