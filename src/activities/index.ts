import { awaitJob, type AwaitJobInput } from './await-job.ts';
import type { ActivityContext } from './context.ts';
import { loadPipeline, type LoadPipelineInput } from './load-pipeline.ts';
import { readJob } from './read-job.ts';
import { runFollowUp, type RunFollowUpInput } from './run-follow-up.ts';
import { findStartedJob, startJob, type StartJobInput } from './start-job.ts';
import { stopJob } from './stop-job.ts';
import type { JobRef } from '../pipeline/job.ts';

/** The activities of the main task queue: each does something, most of them in seconds. */
export function createActivities(context: ActivityContext) {
  return {
    loadPipeline: (input: LoadPipelineInput) => loadPipeline(context, input),
    startJob: (input: StartJobInput) => startJob(context, input),
    findStartedJob: (input: StartJobInput) => findStartedJob(context, input),
    stopJob: (ref: JobRef) => stopJob(context, ref),
    readJob: (ref: JobRef) => readJob(context, ref),
    runFollowUp: (input: RunFollowUpInput) => runFollowUp(context, input),
  };
}

/** The activities of the watch queue: each is held for as long as its job takes. */
export function createWatchActivities(context: ActivityContext) {
  return {
    awaitJob: (input: AwaitJobInput) => awaitJob(context, input),
  };
}

export type Activities = ReturnType<typeof createActivities> & ReturnType<typeof createWatchActivities>;
