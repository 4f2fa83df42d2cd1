import { isTerminal } from '../../pipeline/job-state.ts';
import type { JobObservation, JobRef } from '../../pipeline/job.ts';
import { PersonalizeClient } from '@aws-sdk/client-personalize';
import type { ZodType } from 'zod';
import { awsClientSettings } from '../aws-client.ts';
import { differences } from '../differences.ts';
import { unreadable } from '../errors.ts';
import { makeJobId } from '../job-id.ts';
import { defined, isoTime, shortMessage, stateOf } from '../observation.ts';
import { createS3Client } from '../s3-client.ts';
import type { BatchService, Capabilities, JobClient } from '../service.ts';
import { preconditions } from './preconditions.ts';
import type { BatchSegmentRequest } from './request.ts';
import { verify } from './verify.ts';

/** Length of a job name. */
const MAX_ID_LENGTH = 63;

/** https://docs.aws.amazon.com/personalize/latest/dg/limits.html: pending and in-progress jobs of one kind in a region. */
const PLACES = 5;

/** Personalize can neither stop nor delete a job, and counts nothing. */
const CAN: Capabilities = {
  stop: false,
  delete: false,
  list: true,
  progress: false,
  heartbeat: false,
  invalidRecords: false,
};

/** The documented statuses, and those that were seen instead. Stopping belongs to solution versions; here it is only a precaution. */
const STATUSES = {
  PENDING: 'queued',
  'CREATE PENDING': 'queued',
  'IN PROGRESS': 'running',
  'CREATE IN_PROGRESS': 'running',
  ACTIVE: 'succeeded',
  'CREATE FAILED': 'failed',
  'CREATE STOPPING': 'stopping',
  'CREATE STOPPED': 'stopped',
} as const;

/** Members of a request that a description repeats, and whose difference means another job. */
const COMPARED = ['solutionVersionArn', 'filterArn', 'numResults', 'jobInput', 'jobOutput', 'roleArn'] as const;

type Compared = Partial<Pick<BatchSegmentRequest, (typeof COMPARED)[number]>>;

/** What the descriptions and list entries of both kinds of job have in common. */
interface Described {
  jobName?: string | undefined;
  status?: string | undefined;
  failureReason?: string | undefined;
  creationDateTime?: Date | undefined;
  lastUpdatedDateTime?: Date | undefined;
  solutionVersionArn?: string | undefined;
  filterArn?: string | undefined;
  numResults?: number | undefined;
  jobInput?: { s3DataSource: S3Config | undefined } | undefined;
  jobOutput?: { s3DataDestination: S3Config | undefined } | undefined;
  roleArn?: string | undefined;
}

interface S3Config {
  path: string | undefined;
  kmsKeyArn?: string | undefined;
}

/** The calls of one kind of job, which differ in nothing but names. */
export interface JobCalls<Request> {
  create(client: PersonalizeClient, name: string, request: Request): Promise<{ arn: string | undefined }>;
  describe(client: PersonalizeClient, arn: string): Promise<Described | undefined>;
  list(
    client: PersonalizeClient,
    query: { solutionVersionArn: string | undefined; maxResults: number; nextToken: string | undefined },
  ): Promise<{ jobs: Described[] | undefined; nextToken: string | undefined }>;
}

/** One kind of batch job of Personalize; what segments take, inference takes too. `resource` is its word in ARNs, for example `batch-inference-job`. */
export function personalizeService<Request extends BatchSegmentRequest>(
  name: string,
  resource: string,
  request: ZodType<Request>,
  calls: JobCalls<Request>,
): BatchService<Request> {
  return {
    name,
    can: CAN,
    request,
    statuses: STATUSES,
    places: PLACES,
    jobId: (identity) => makeJobId(identity, MAX_ID_LENGTH),
    locate: (id, { solutionVersionArn }, region) => locate(name, resource, id, solutionVersionArn, region),
    differences: (asked, found) => differences<BatchSegmentRequest>(COMPARED, asked, found.request),
    // Results have the names of their input files; the marker object `_CHECK` beside them is none.
    results: ({ outputUri }) => ({ prefix: `${outputUri.replace(/\/$/, '')}/`, pattern: /^[^/]+\.out$/ }),
    connect: (region) => connect(name, region, calls),
  };
}

function connect<Request extends BatchSegmentRequest>(
  service: string,
  region: string,
  calls: JobCalls<Request>,
): JobClient<Request> {
  const client = new PersonalizeClient(awsClientSettings(region));
  const s3 = createS3Client(region);
  return {
    async create(ref, request) {
      const { arn } = await calls.create(client, ref.id, request);
      return { ...ref, ...(arn !== undefined && { arn }) };
    },
    async get(ref) {
      if (ref.arn === undefined) throw new Error(`The ${service} job ${ref.id} has no ARN`);
      const job = await calls.describe(client, ref.arn);
      if (!job) throw unreadable('Describe', `the answer holds no job ${ref.id}`);
      return { observation: observe(job, ref), request: comparedOf(job) as Partial<Request> };
    },
    async *list({ listScope }) {
      let nextToken: string | undefined;
      do {
        const page = await calls.list(client, { solutionVersionArn: listScope, maxResults: 100, nextToken });
        yield (page.jobs ?? []).map((job) => observe(job, { service, region, id: job.jobName ?? '' }));
        nextToken = page.nextToken || undefined;
      } while (nextToken !== undefined);
    },
    preconditions: (request) => preconditions({ client, s3, region }, request),
    verify: (job, options) => verify({ s3, region }, service, job, options),
  };
}

/**
 * Where the job of this name is. Its ARN follows from the solution version's, whose account and partition it shares, so the job can be found
 * even when the answer to its create was lost.
 */
function locate(service: string, resource: string, id: string, solutionVersionArn: string, region: string): JobRef {
  const [, partition, , , account] = solutionVersionArn.split(':');
  const arn = `arn:${partition}:personalize:${region}:${account}:${resource}/${id}`;
  return { service, region, id, arn, listScope: solutionVersionArn };
}

function observe(job: Described, ref: JobRef): JobObservation {
  const rawStatus = job.status ?? '';
  const state = stateOf(STATUSES, rawStatus);
  const updatedAt = isoTime(job.lastUpdatedDateTime);
  return {
    ref,
    rawStatus,
    observedAt: new Date().toISOString(),
    ...defined({
      state,
      message: shortMessage(job.failureReason),
      outputUri: job.jobOutput?.s3DataDestination?.path,
      createdAt: isoTime(job.creationDateTime),
      heartbeatAt: updatedAt,
      // Personalize names no end; a job that has ended is not touched any more.
      endedAt: state !== undefined && isTerminal(state) ? updatedAt : undefined,
    }),
  };
}

function comparedOf(job: Described): Compared {
  const input = job.jobInput?.s3DataSource;
  const output = job.jobOutput?.s3DataDestination;
  return defined({
    solutionVersionArn: job.solutionVersionArn,
    filterArn: job.filterArn,
    numResults: job.numResults,
    jobInput: input && { s3DataSource: s3Config(input) },
    jobOutput: output && { s3DataDestination: s3Config(output) },
    roleArn: job.roleArn,
  });
}

function s3Config({ path = '', kmsKeyArn }: S3Config): { path: string; kmsKeyArn?: string } {
  return { path, ...(kmsKeyArn !== undefined && { kmsKeyArn }) };
}
