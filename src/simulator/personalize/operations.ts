import { AwsError } from '../aws-error.ts';
import type { JobRunner } from '../jobs/job-runner.ts';
import { isTerminal } from '../../pipeline/job-state.ts';
import { pageOf } from '../paging.ts';
import type { Page, PageQuery } from '../paging.ts';
import { operationsRefusing } from '../service.ts';
import type { Call, Operation, ServiceHost } from '../service.ts';
import { describeJob, describeSolutionVersion, summarizeJob, summarizeSolutionVersion } from './answers.ts';
import type { JobMembers } from './answers.ts';
import { findFilter, findSolutionVersion, nameIn, personalizeArn, solutionVersions } from './arns.ts';
import type { FoundVersion, Place } from './arns.ts';
import { RECIPES } from './recipes.ts';
import {
  createInferenceJobInput,
  createSegmentJobInput,
  describeInferenceJobInput,
  describeSegmentJobInput,
  describeSolutionVersionInput,
  listJobsInput,
  listSolutionVersionsInput,
} from './requests.ts';
import type { CreateInferenceJob, CreateJob } from './requests.ts';
import type { Resources } from './resources.ts';
import type { Settings } from './settings.ts';

type Host = ServiceHost<Resources, Settings>;

const DEFAULT_PAGE = 100;
const MOST_TAGS = 50;
const MOST_USERS_OF_A_SEGMENT = 5_000_000;

const operation = operationsRefusing('InvalidInputException');

/** How the two kinds of job differ. */
interface KindOfJob extends JobMembers {
  kind: 'batch-inference' | 'batch-segment';
  quota(settings: Settings): number;
}

const INFERENCE = {
  kind: 'batch-inference',
  job: 'batchInferenceJob',
  jobs: 'batchInferenceJobs',
  arn: 'batchInferenceJobArn',
  arnType: 'batch-inference-job',
  quota: ({ simultaneousJobs }) => simultaneousJobs.batchInference,
} as const satisfies KindOfJob;

const SEGMENT = {
  kind: 'batch-segment',
  job: 'batchSegmentJob',
  jobs: 'batchSegmentJobs',
  arn: 'batchSegmentJobArn',
  arnType: 'batch-segment-job',
  quota: ({ simultaneousJobs }) => simultaneousJobs.batchSegment,
} as const satisfies KindOfJob;

/** The operations of Personalize by name. */
export function personalizeOperations(
  host: Host,
  inference: JobRunner<CreateInferenceJob>,
  segments: JobRunner<CreateJob>,
): Record<string, Operation> {
  return {
    CreateBatchInferenceJob: operation(createInferenceJobInput, (input, call) => {
      checkThemes(host, input, call);
      return createJob(host, inference, INFERENCE, input, call);
    }),
    DescribeBatchInferenceJob: operation(describeInferenceJobInput, ({ batchInferenceJobArn }, call) =>
      describe(host, inference, INFERENCE, batchInferenceJobArn, call),
    ),
    ListBatchInferenceJobs: operation(listJobsInput, (query, call) => list(host, inference, INFERENCE, query, call)),
    CreateBatchSegmentJob: operation(createSegmentJobInput, (input, call) => {
      if ((input.numResults ?? 0) > MOST_USERS_OF_A_SEGMENT) {
        throw new AwsError('InvalidInputException', `numResults must not be more than ${MOST_USERS_OF_A_SEGMENT}.`);
      }
      return createJob(host, segments, SEGMENT, input, call);
    }),
    DescribeBatchSegmentJob: operation(describeSegmentJobInput, ({ batchSegmentJobArn }, call) =>
      describe(host, segments, SEGMENT, batchSegmentJobArn, call),
    ),
    ListBatchSegmentJobs: operation(listJobsInput, (query, call) => list(host, segments, SEGMENT, query, call)),
    DescribeSolutionVersion: operation(describeSolutionVersionInput, ({ solutionVersionArn }, { region }) => {
      const found = existingVersion(host, solutionVersionArn, placeOf(host, region));
      return { solutionVersion: describeSolutionVersion(found) };
    }),
    ListSolutionVersions: operation(listSolutionVersionsInput, ({ solutionArn, maxResults, nextToken }, { region }) => {
      const place = placeOf(host, region);
      checkSolution(host, solutionArn, place);
      const all = solutionVersions(host.resources(), place);
      const page = pageOrRefuse({
        items: all.filter((found) => solutionArn === undefined || found.solutionArn === solutionArn),
        position: ({ arn }) => [arn],
        size: maxResults ?? DEFAULT_PAGE,
        token: nextToken,
        question: ['solution versions', region, solutionArn],
      });
      return listed('solutionVersions', page, summarizeSolutionVersion);
    }),
  };
}

function createJob<Request extends CreateJob>(
  host: Host,
  jobs: JobRunner<Request>,
  kindOfJob: KindOfJob,
  input: Request,
  call: Call,
): object {
  const { region, fate, did } = call;
  const { jobName, numResults, tags } = input;
  const place = placeOf(host, region);
  const arn = personalizeArn(place, `${kindOfJob.arnType}/${jobName}`);
  if ((tags?.length ?? 0) > MOST_TAGS) {
    throw new AwsError('TooManyTagsException', `A resource can have at most ${MOST_TAGS} tags.`);
  }
  if (numResults !== undefined && numResults < 1) {
    throw new AwsError('InvalidInputException', 'numResults must be at least 1.');
  }
  if (jobs.book.find(call, jobName)) {
    did('already-exists');
    throw new AwsError('ResourceAlreadyExistsException', `Another resource with Arn ${arn} already exists.`);
  }
  checkReferences(host, kindOfJob, input, place);
  const unfinished = jobs.book.inRegion(call).filter(({ state }) => !isTerminal(state));
  const quota = kindOfJob.quota(host.settings());
  if (unfinished.length >= quota) {
    throw new AwsError('LimitExceededException', `More than ${quota} resources with PENDING or IN_PROGRESS status.`);
  }
  jobs.submit(region, jobName, input, fate);
  did('created');
  return { [kindOfJob.arn]: arn };
}

function checkReferences(
  host: Host,
  { kind }: KindOfJob,
  { solutionVersionArn, filterArn }: CreateJob,
  place: Place,
): void {
  const { solution, version } = existingVersion(host, solutionVersionArn, place);
  if (filterArn !== undefined && findFilter(host.resources(), filterArn, place) === undefined) {
    throw doesNotExist(filterArn);
  }
  if (version.status !== 'ACTIVE') {
    throw new AwsError('ResourceInUseException', `${solutionVersionArn} is in status ${version.status}, not ACTIVE.`);
  }
  if (RECIPES[solution.recipe].kind !== kind) {
    throw new AwsError(
      'InvalidInputException',
      `Solutions of the recipe ${solution.recipe} cannot be used for this job.`,
    );
  }
}

/** Themes are for the recipe of similar items, and need to know how items are called. */
function checkThemes(host: Host, input: CreateInferenceJob, { region }: Call): void {
  if (input.batchInferenceJobMode !== 'THEME_GENERATION') return;
  if (input.themeGenerationConfig === undefined) {
    throw new AwsError('InvalidInputException', 'The mode THEME_GENERATION requires a themeGenerationConfig.');
  }
  const { solution } = existingVersion(host, input.solutionVersionArn, placeOf(host, region));
  if (RECIPES[solution.recipe].themes !== true) {
    throw new AwsError('InvalidInputException', `The recipe ${solution.recipe} does not support THEME_GENERATION.`);
  }
}

function describe<Request extends CreateJob>(
  host: Host,
  { book }: JobRunner<Request>,
  kindOfJob: KindOfJob,
  arn: string,
  call: Call,
): object {
  const job = book.find(call, nameIn(arn, kindOfJob.arnType, placeOf(host, call.region)) ?? '');
  if (job === undefined) throw doesNotExist(arn);
  return { [kindOfJob.job]: describeJob(host, job, kindOfJob, arn) };
}

interface ListQuery {
  solutionVersionArn: string | undefined;
  maxResults: number | undefined;
  nextToken: string | undefined;
}

function list<Request extends CreateJob>(
  host: Host,
  { book }: JobRunner<Request>,
  kindOfJob: KindOfJob,
  { solutionVersionArn, maxResults, nextToken }: ListQuery,
  call: Call,
): object {
  const { region } = call;
  const place = placeOf(host, region);
  const page = pageOrRefuse({
    items: book
      .inRegion(call)
      .filter(({ request }) => solutionVersionArn === undefined || request.solutionVersionArn === solutionVersionArn),
    position: ({ serial }) => [serial],
    size: maxResults ?? DEFAULT_PAGE,
    token: nextToken,
    question: [kindOfJob.kind, region, solutionVersionArn],
  });
  return listed(kindOfJob.jobs, page, (job) =>
    summarizeJob(host, job, kindOfJob, personalizeArn(place, `${kindOfJob.arnType}/${job.id}`)),
  );
}

function existingVersion(host: Host, arn: string, place: Place): FoundVersion {
  const found = findSolutionVersion(host.resources(), arn, place);
  if (found === undefined) throw doesNotExist(arn);
  return found;
}

function checkSolution(host: Host, solutionArn: string | undefined, place: Place): void {
  if (solutionArn === undefined) return;
  const name = nameIn(solutionArn, 'solution', place) ?? '';
  if (!Object.hasOwn(host.resources().solutions, name)) throw doesNotExist(solutionArn);
}

function doesNotExist(arn: string): AwsError {
  return new AwsError('ResourceNotFoundException', `Resource Arn ${arn} does not exist.`);
}

function placeOf(host: Host, region: string): Place {
  return { region, account: host.account() };
}

function pageOrRefuse<Item>(query: Omit<PageQuery<Item>, 'invalidToken'>): Page<Item> {
  return pageOf({
    ...query,
    invalidToken: () => new AwsError('InvalidNextTokenException', 'The nextToken is not valid for this request.'),
  });
}

function listed<Item>(member: string, { items, nextToken }: Page<Item>, summarize: (item: Item) => object): object {
  return { [member]: items.map(summarize), ...(nextToken === undefined ? {} : { nextToken }) };
}
