/** What Temporal workers run: the public workflow types are the exported functions. */
export { inspectResults } from './inspect-results.ts';
export { observeJobs } from './observe-jobs.ts';
export { rememberRequest } from './remember-request.ts';
export { runPipeline } from './run-pipeline.ts';
export { scheduledRun } from './scheduled-run.ts';
