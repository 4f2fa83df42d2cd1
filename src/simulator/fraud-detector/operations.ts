import { AwsError } from '../aws-error.ts';
import type { JobRunner } from '../jobs/job-runner.ts';
import type { SimulatedJob } from '../jobs/simulated-job.ts';
import { isTerminal } from '../../pipeline/job-state.ts';
import { lookUp } from '../look-up.ts';
import { pageOf } from '../paging.ts';
import type { Page, PageQuery } from '../paging.ts';
import { operationsRefusing } from '../service.ts';
import type { Call, Operation, ServiceHost } from '../service.ts';
import {
  describeDetector,
  describeDetectorVersion,
  describeEventType,
  describeJob,
  fraudDetectorArn,
  summarizeDetectorVersion,
} from './answers.ts';
import { activeVersion } from './batch-prediction.ts';
import {
  createJobInput,
  describeDetectorInput,
  getDetectorsInput,
  getDetectorVersionInput,
  getEventTypesInput,
  getJobsInput,
  jobIdInput,
} from './requests.ts';
import type { CreateJob } from './requests.ts';
import type { Resources } from './resources.ts';
import type { Settings } from './settings.ts';

type Host = ServiceHost<Resources, Settings>;
type Jobs = JobRunner<CreateJob>;
type Job = SimulatedJob<CreateJob>;

const JOBS_ON_A_PAGE = 50;
const CATALOG_ENTRIES_ON_A_PAGE = 10;
const VERSIONS_ON_A_PAGE = 1000;

const operation = operationsRefusing('ValidationException');

/** The operations of Fraud Detector by name. */
export function fraudDetectorOperations(host: Host, jobs: Jobs): Record<string, Operation> {
  return {
    CreateBatchPredictionJob: operation(createJobInput, (input, call) => createJob(host, jobs, input, call)),
    GetBatchPredictionJobs: operation(getJobsInput, ({ jobId, maxResults, nextToken }, call) => {
      const page = pageOrRefuse({
        items: jobId === undefined ? existingJobs(jobs, call) : [findJob(jobs, call, jobId)],
        position: ({ serial }) => [serial],
        size: maxResults ?? JOBS_ON_A_PAGE,
        token: nextToken,
        question: ['jobs', call.region, jobId],
      });
      return listed('batchPredictions', page, (job) => describeJob(host, job));
    }),
    CancelBatchPredictionJob: operation(jobIdInput, ({ jobId }, call) => cancelJob(jobs, jobId, call)),
    DeleteBatchPredictionJob: operation(jobIdInput, ({ jobId }, call) => deleteJob(host, jobs, jobId, call)),
    GetDetectors: operation(getDetectorsInput, ({ detectorId, maxResults, nextToken }, { region }) => {
      const page = entriesPage('detector', host.resources().detectors, detectorId, maxResults, nextToken);
      return listed('detectors', page, ([id, detector]) => describeDetector(host, region, id, detector));
    }),
    DescribeDetector: operation(describeDetectorInput, ({ detectorId, maxResults, nextToken }, { region }) => {
      const detector = existing('detector', detectorId, lookUp(host.resources().detectors, detectorId));
      const page = pageOrRefuse({
        items: Object.entries(detector.versions),
        position: ([number]) => [Number(number)],
        size: maxResults ?? VERSIONS_ON_A_PAGE,
        token: nextToken,
        question: ['detector versions', detectorId],
      });
      const versions = listed('detectorVersionSummaries', page, (version) => summarizeDetectorVersion(...version));
      return { detectorId, arn: fraudDetectorArn(host, region, `detector/${detectorId}`), ...versions };
    }),
    GetDetectorVersion: operation(getDetectorVersionInput, ({ detectorId, detectorVersionId }, { region }) => {
      const { versions } = existing('detector', detectorId, lookUp(host.resources().detectors, detectorId));
      const version = existing('detector version', detectorVersionId, lookUp(versions, detectorVersionId));
      return describeDetectorVersion(host, region, detectorId, detectorVersionId, version);
    }),
    GetEventTypes: operation(getEventTypesInput, ({ name, maxResults, nextToken }, { region }) => {
      const page = entriesPage('event type', host.resources().eventTypes, name, maxResults, nextToken);
      return listed('eventTypes', page, ([id, eventType]) => describeEventType(host, region, id, eventType));
    }),
  };
}

function createJob(host: Host, jobs: Jobs, input: CreateJob, call: Call): object {
  const { busy, duplicate, simultaneousJobs } = host.settings();
  const known = existingJobs(jobs, call);
  if (known.some(({ id }) => id === input.jobId)) {
    call.did('already-exists');
    throw new AwsError(duplicate.error, duplicate.message);
  }
  checkReferences(host, input);
  const unfinished = known.filter(({ state }) => !isTerminal(state));
  if (unfinished.length >= simultaneousJobs) throw new AwsError(busy.error, busy.message);
  jobs.submit(call.region, input.jobId, input, call.fate);
  call.did('created');
  return {};
}

function checkReferences(host: Host, { eventTypeName, detectorName, detectorVersion }: CreateJob): void {
  const { eventTypes, detectors } = host.resources();
  existing('event type', eventTypeName, lookUp(eventTypes, eventTypeName));
  const { eventType, versions } = existing('detector', detectorName, lookUp(detectors, detectorName));
  if (eventType !== eventTypeName) {
    throw new AwsError('ValidationException', `Detector ${detectorName} is not for events of type ${eventTypeName}.`);
  }
  const number = detectorVersion ?? activeVersion(versions);
  if (number === undefined) {
    throw new AwsError('ValidationException', `Detector ${detectorName} has no active version.`);
  }
  const { status } = existing('detector version', number, lookUp(versions, number));
  if (status !== 'ACTIVE') {
    throw new AwsError(
      'ValidationException',
      `Version ${number} of detector ${detectorName} is ${status}, not ACTIVE.`,
    );
  }
}

function cancelJob(jobs: Jobs, jobId: string, call: Call): object {
  const job = findJob(jobs, call, jobId);
  if (isTerminal(job.state)) {
    throw new AwsError('ValidationException', 'A batch prediction job that has ended cannot be canceled.');
  }
  if (job.state !== 'stopping') {
    jobs.stop(job);
    call.did('stopping');
  }
  return {};
}

function deleteJob(host: Host, jobs: Jobs, jobId: string, call: Call): object {
  const job = existingJobs(jobs, call).find(({ id }) => id === jobId);
  if (job === undefined) {
    if (host.settings().deleteUnknownJob === 'accept') return {};
    throw new AwsError('ValidationException', `The batch prediction job ${jobId} does not exist.`);
  }
  if (!isTerminal(job.state)) {
    throw new AwsError('ValidationException', 'A batch prediction job that is in progress cannot be deleted.');
  }
  jobs.delete(job);
  call.did('deleted');
  return {};
}

/** A deleted job is gone, and its id is free again. */
function existingJobs({ book }: Jobs, call: Call): Job[] {
  return book.inRegion(call).filter(({ state }) => state !== 'deleted');
}

function findJob(jobs: Jobs, call: Call, jobId: string): Job {
  const job = jobs.book.find(call, jobId);
  return existing('batch prediction job', jobId, job?.state === 'deleted' ? undefined : job);
}

function existing<Entity>(kind: string, id: string, entity: Entity | undefined): Entity {
  if (entity === undefined) throw new AwsError('ResourceNotFoundException', `The ${kind} ${id} does not exist.`);
  return entity;
}

/** One entry by its id, or a page of all. */
function entriesPage<Entity>(
  kind: string,
  entries: Readonly<Record<string, Entity>>,
  id: string | undefined,
  maxResults: number | undefined,
  nextToken: string | undefined,
): Page<[string, Entity]> {
  return pageOrRefuse({
    items: id === undefined ? Object.entries(entries) : [[id, existing(kind, id, lookUp(entries, id))]],
    position: ([name]) => [name],
    size: maxResults ?? CATALOG_ENTRIES_ON_A_PAGE,
    token: nextToken,
    question: [kind, id],
  });
}

function pageOrRefuse<Item>(query: Omit<PageQuery<Item>, 'invalidToken'>): Page<Item> {
  return pageOf({ ...query, invalidToken: () => new AwsError('ValidationException', 'The nextToken is not valid.') });
}

function listed<Item>(member: string, { items, nextToken }: Page<Item>, describe: (item: Item) => object): object {
  return { [member]: items.map(describe), ...(nextToken === undefined ? {} : { nextToken }) };
}
