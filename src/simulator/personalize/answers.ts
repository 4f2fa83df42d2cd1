import type { JobState } from '../../pipeline/job-state.ts';
import { epochSeconds } from '../epoch-seconds.ts';
import type { SimulatedJob } from '../jobs/simulated-job.ts';
import type { ServiceHost } from '../service.ts';
import type { FoundVersion } from './arns.ts';
import type { CreateInferenceJob, CreateJob } from './requests.ts';
import type { Resources } from './resources.ts';
import type { Settings } from './settings.ts';

type Host = ServiceHost<Resources, Settings>;

/** What the members and ARNs of one kind of job are called. */
export interface JobMembers {
  job: string;
  jobs: string;
  arn: string;
  arnType: string;
}

/** A Personalize job cannot be stopped or deleted, so that the states for it are unused. */
const STATUSES: Readonly<Record<Settings['statusSpelling'], Readonly<Record<JobState, string>>>> = {
  observed: {
    queued: 'CREATE PENDING',
    running: 'CREATE IN_PROGRESS',
    stopping: 'CREATE STOPPING',
    succeeded: 'ACTIVE',
    failed: 'CREATE FAILED',
    stopped: 'CREATE STOPPED',
    deleted: 'DELETE IN_PROGRESS',
  },
  documented: {
    queued: 'PENDING',
    running: 'IN PROGRESS',
    stopping: 'CREATE STOPPING',
    succeeded: 'ACTIVE',
    failed: 'CREATE FAILED',
    stopped: 'CREATE STOPPED',
    deleted: 'DELETE IN_PROGRESS',
  },
};

type AnyJob = SimulatedJob<CreateJob & Partial<CreateInferenceJob>>;

/** A job as in its Describe operation. */
export function describeJob(host: Host, job: AnyJob, members: JobMembers, arn: string): object {
  const { tags: _tags, ...request } = job.request;
  // The members of the request come back by the same names.
  return { ...withoutUndefined(request), ...summarizeJob(host, job, members, arn) };
}

/** A job as in its List operation. */
export function summarizeJob(host: Host, job: AnyJob, members: JobMembers, arn: string): object {
  const { statusSpelling } = host.settings();
  return {
    [members.arn]: arn,
    jobName: job.id,
    status: STATUSES[statusSpelling][job.state],
    creationDateTime: epochSeconds(job.createdAt),
    // Personalize has no heartbeat: this time moves with the status alone.
    lastUpdatedDateTime: epochSeconds(job.endedAt ?? job.startedAt ?? job.createdAt),
    ...(job.message === undefined ? {} : { failureReason: job.message }),
    solutionVersionArn: job.request.solutionVersionArn,
    ...(members.job === 'batchInferenceJob'
      ? { batchInferenceJobMode: job.request.batchInferenceJobMode ?? 'BATCH_INFERENCE' }
      : {}),
  };
}

/** A SolutionVersion as in DescribeSolutionVersion. */
export function describeSolutionVersion({ arn, solutionArn, name, solution, version }: FoundVersion): object {
  return {
    name,
    solutionVersionArn: arn,
    solutionArn,
    performHPO: false,
    performAutoML: false,
    recipeArn: `arn:aws:personalize:::recipe/${solution.recipe}`,
    trainingHours: 1,
    trainingMode: 'FULL',
    trainingType: 'MANUAL',
    ...statusOf(version),
  };
}

/** A SolutionVersion as in ListSolutionVersions. */
export function summarizeSolutionVersion({ arn, version }: FoundVersion): object {
  return { solutionVersionArn: arn, trainingMode: 'FULL', trainingType: 'MANUAL', ...statusOf(version) };
}

function statusOf({ status, failureReason, createdAt }: FoundVersion['version']) {
  const created = epochSeconds(Date.parse(createdAt));
  return {
    status,
    ...(failureReason === undefined ? {} : { failureReason }),
    creationDateTime: created,
    lastUpdatedDateTime: created,
  };
}

function withoutUndefined(members: object): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
