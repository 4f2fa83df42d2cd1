import type { FaultName } from '../../src/simulator/faults.ts';
import type { SeededRandom } from './seeded-random.ts';

/** A switch of the simulator for the calls about one job. */
export interface PlannedFault {
  service: string;
  operation: string;
  job: string;
  fault: FaultName;
  skip: number;
  times: number;
  delayMs?: number;
}

interface Operations {
  create: string;
  read: string;
}

/** The calls that create a job of each service, and that read one, by the names that the simulator knows. */
const OPERATIONS: Record<string, Operations> = {
  'machine-learning/batch-prediction': { create: 'CreateBatchPrediction', read: 'GetBatchPrediction' },
  'fraud-detector/batch-prediction': { create: 'CreateBatchPredictionJob', read: 'GetBatchPredictionJobs' },
  'personalize/batch-inference': { create: 'CreateBatchInferenceJob', read: 'DescribeBatchInferenceJob' },
  'personalize/batch-segment': { create: 'CreateBatchSegmentJob', read: 'DescribeBatchSegmentJob' },
};

/** What networks and services do to a call of any kind. */
const ANYWHERE: readonly FaultName[] = [
  'throttle',
  'throttle-429',
  'throttle-after',
  'error-500-before',
  'error-500-after',
  'reset-before',
  'reset-after',
  'html-503',
  'html-503-after',
  'garbled-after',
  'slow',
  'slow-after',
  'expired-token',
];

/** About a create, these would be the service's last word: they are for reads only. */
const READS_ONLY: readonly FaultName[] = ['not-found', 'access-denied', 'unknown-status', 'stale'];

/** What becomes of a job. One that hangs would hold one of Personalize's few places for ever. */
const FATES: readonly FaultName[] = ['job-fails', 'job-vanishes', 'results-short', 'results-missing', 'job-hangs'];
const FATES_OF_PERSONALIZE = FATES.filter((fate) => fate !== 'job-hangs');

/** Three answers in a row that deny a job are believed, and rightly: the service must not say it so often. */
const MOST_DENIALS = 2;

/** Faults that rightly keep a job from succeeding, or its step from being told so. */
export const DOOMS: ReadonlySet<FaultName> = new Set(FATES);

/** None, one or two faults of one job's calls, each of another kind, and now and then a fate of the job. */
export function planFaults(random: SeededRandom, uses: string, job: string): PlannedFault[] {
  const count = Number(random.weighted({ 0: 25, 1: 45, 2: 30 }));
  const planned: PlannedFault[] = [...planStop(random, uses, job), ...planFate(random, uses, job)];
  const least = planned.length + count;
  while (planned.length < least) {
    const fault = planFault(random, uses, job);
    if (planned.every((other) => other.fault !== fault.fault)) planned.push(fault);
  }
  return planned;
}

function planFate(random: SeededRandom, uses: string, job: string): PlannedFault[] {
  if (!random.chance(0.12)) return [];
  const fault = random.pick(uses.startsWith('personalize') ? FATES_OF_PERSONALIZE : FATES);
  return [{ service: serviceOf(uses), operation: OPERATIONS[uses]!.create, job, fault, skip: 0, times: 1 }];
}

/** Only Fraud Detector stops jobs, so this strikes only there. */
function planStop(random: SeededRandom, uses: string, job: string): PlannedFault[] {
  if (!uses.startsWith('fraud-detector') || !random.chance(0.3)) return [];
  const operation = 'CancelBatchPredictionJob';
  return [{ service: serviceOf(uses), operation, job, fault: 'stop-ignored', skip: 0, times: 1 }];
}

function serviceOf(uses: string): string {
  return uses.split('/')[0]!;
}

function planFault(random: SeededRandom, uses: string, job: string): PlannedFault {
  const { create, read } = OPERATIONS[uses]!;
  const service = serviceOf(uses);
  if (random.chance(0.5)) {
    const fault = random.pick(ANYWHERE);
    return { service, operation: create, job, fault, skip: 0, times: random.integer(1, 2), ...delayOf(random, fault) };
  }
  const fault = random.pick([...ANYWHERE, ...READS_ONLY]);
  // The first read looks for a job before its create: to be denied there is a rightful end of the start.
  const skip = READS_ONLY.includes(fault) ? random.integer(1, 3) : random.integer(0, 3);
  const times = random.integer(1, fault === 'not-found' ? MOST_DENIALS : 3);
  return { service, operation: read, job, fault, skip, times, ...delayOf(random, fault) };
}

function delayOf(random: SeededRandom, fault: FaultName): { delayMs?: number } {
  return fault.startsWith('slow') ? { delayMs: random.integer(300, 4_000) } : {};
}
