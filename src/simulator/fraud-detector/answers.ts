import type { JobState } from '../../pipeline/job-state.ts';
import { arnOf } from '../arn.ts';
import { progressOf } from '../jobs/progress.ts';
import type { SimulatedJob } from '../jobs/simulated-job.ts';
import { lookUp } from '../look-up.ts';
import type { ServiceHost } from '../service.ts';
import { activeVersion } from './batch-prediction.ts';
import type { CreateJob } from './requests.ts';
import type { Detector, DetectorVersion, EventType, Resources } from './resources.ts';
import type { Settings } from './settings.ts';

type Host = ServiceHost<Resources, Settings>;

/** How Fraud Detector names the states of a job; a deleted job is not answered at all. */
const STATUSES: Readonly<Record<Exclude<JobState, 'deleted'>, string>> = {
  queued: 'IN_PROGRESS_INITIALIZING',
  running: 'IN_PROGRESS',
  stopping: 'CANCEL_IN_PROGRESS',
  stopped: 'CANCELED',
  succeeded: 'COMPLETE',
  failed: 'FAILED',
};

/** A BatchPrediction, as in GetBatchPredictionJobs. */
export function describeJob(host: Host, job: SimulatedJob<CreateJob>): object {
  const { request, state, endedAt, message } = job;
  const progress = progressOf(job, host.clock, host.settings().timing.heartbeatSeconds);
  const version = request.detectorVersion ?? activeVersionOf(host, request.detectorName);
  return {
    jobId: job.id,
    ...(state === 'deleted' ? {} : { status: STATUSES[state] }),
    ...(message === undefined ? {} : { failureReason: message }),
    startTime: isoSeconds(job.createdAt),
    ...(endedAt === undefined ? {} : { completionTime: isoSeconds(endedAt) }),
    lastHeartbeatTime: isoSeconds(progress.heartbeatAt),
    inputPath: request.inputPath,
    outputPath: request.outputPath,
    eventTypeName: request.eventTypeName,
    detectorName: request.detectorName,
    ...(version === undefined ? {} : { detectorVersion: versionText(version, host.settings()) }),
    iamRoleArn: request.iamRoleArn,
    arn: fraudDetectorArn(host, job.region, `batch-prediction/${job.id}`),
    ...(progress.total === undefined
      ? {}
      : { processedRecordsCount: progress.processed, totalRecordsCount: progress.total }),
  };
}

/** A Detector, as in GetDetectors. */
export function describeDetector(host: Host, region: string, id: string, detector: Detector): object {
  return {
    detectorId: id,
    ...describeCommon(detector),
    eventTypeName: detector.eventType,
    arn: fraudDetectorArn(host, region, `detector/${id}`),
  };
}

/** One of the detectorVersionSummaries of DescribeDetector. */
export function summarizeDetectorVersion(number: string, { status, ...version }: DetectorVersion): object {
  const { createdTime: _createdTime, ...common } = describeCommon(version);
  return { detectorVersionId: number, status, ...common };
}

/** The answer of GetDetectorVersion. */
export function describeDetectorVersion(
  host: Host,
  region: string,
  detectorId: string,
  number: string,
  version: DetectorVersion,
): object {
  const { modelName, modelType, rules, status, ruleExecutionMode } = version;
  return {
    detectorId,
    detectorVersionId: number,
    ...describeCommon(version),
    externalModelEndpoints: [],
    modelVersions: [{ modelId: modelName, modelType, modelVersionNumber: '1.0' }],
    rules: rules.map(({ ruleId }) => ({ detectorId, ruleId, ruleVersion: '1' })),
    status,
    ruleExecutionMode,
    arn: fraudDetectorArn(host, region, `detector-version/${detectorId}/${number}`),
  };
}

/** An EventType, as in GetEventTypes. */
export function describeEventType(host: Host, region: string, name: string, eventType: EventType): object {
  return {
    name,
    ...describeCommon(eventType),
    eventVariables: eventType.variables,
    labels: eventType.labels,
    entityTypes: eventType.entityTypes,
    eventIngestion: 'DISABLED',
    eventOrchestration: { eventBridgeEnabled: false },
    arn: fraudDetectorArn(host, region, `event-type/${name}`),
  };
}

function describeCommon({ description, createdAt }: Pick<EventType, 'description' | 'createdAt'>) {
  const created = isoSeconds(Date.parse(createdAt));
  return {
    ...(description === undefined ? {} : { description }),
    lastUpdatedTime: created,
    createdTime: created,
  };
}

function activeVersionOf(host: Host, detectorName: string): string | undefined {
  return activeVersion(lookUp(host.resources().detectors, detectorName)?.versions ?? {});
}

function versionText(version: string, { detectorVersion }: Settings): string {
  return detectorVersion === 'decimal' ? `${version}.0` : version;
}

export function fraudDetectorArn(host: Host, region: string, resource: string): string {
  return arnOf('frauddetector', region, host.account(), resource);
}

/** Fraud Detector writes times as text without fractions: `2021-04-19T11:20:42Z`. */
function isoSeconds(moment: number): string {
  return new Date(moment).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
