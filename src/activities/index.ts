import { awaitJob, type AwaitJobInput } from './await-job.ts';
import { awaitRun, type AwaitRunInput } from './await-run.ts';
import type { ActivityContext } from './context.ts';
import { inspectResults, type CopiedFiles, type JobWithResults } from './inspect-results.ts';
import { loadPipeline, type LoadPipelineInput } from './load-pipeline.ts';
import { periodOfPipeline, type PeriodOfPipelineInput } from './period-of-pipeline.ts';
import { readJob } from './read-job.ts';
import { runFollowUp, type RunFollowUpInput } from './run-follow-up.ts';
import { findStartedJob, startJob, type StartJobInput } from './start-job.ts';
import { stopJob, type StopJobInput } from './stop-job.ts';
import { verifyJob, type VerifyJobInput } from './verify-job.ts';
import type { JobRef } from '../pipeline/job.ts';

/** The activities of the main task queue: each does something, most of them in seconds. */
export function createActivities(context: ActivityContext) {
  return {
    loadPipeline: (input: LoadPipelineInput) => loadPipeline(context, input),
    inspectResults: (files: (JobWithResults | CopiedFiles)[]) => inspectResults(context, files),
    periodOfPipeline: (input: PeriodOfPipelineInput) => periodOfPipeline(context, input),
    // Runs that began under 0.1 start their jobs on this queue.
    startJob: (input: StartJobInput) => startJob(context, input),
    findStartedJob: (input: StartJobInput) => findStartedJob(context, input),
    stopJob: (input: StopJobInput) => stopJob(context, input),
    readJob: (ref: JobRef) => readJob(context, ref),
    runFollowUp: (input: RunFollowUpInput) => runFollowUp(context, input),
  };
}

/** The activities of the watch queue: each is held for as long as its job or run takes, waits for its place, or has results to be read. */
export function createWatchActivities(context: ActivityContext) {
  return {
    startJob: (input: StartJobInput) => startJob(context, input),
    awaitJob: (input: AwaitJobInput) => awaitJob(context, input),
    awaitRun: (input: AwaitRunInput) => awaitRun(input),
    verifyJob: (input: VerifyJobInput) => verifyJob(context, input),
  };
}

export type Activities = ReturnType<typeof createActivities> & ReturnType<typeof createWatchActivities>;
