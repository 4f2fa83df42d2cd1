import type { PipelineDefinition, StepDefinition } from '../../src/pipeline/definition.ts';
import { runKey } from '../../src/pipeline/run-key.ts';
import { CATALOG } from '../../src/services/catalog.ts';
import type { FaultName } from '../../src/simulator/faults.ts';
import { EXAMPLE_REQUESTS } from '../support/example-jobs.ts';
import { DOOMS, planFaults, type PlannedFault } from './fault-plan.ts';
import { seededRandom, type SeededRandom } from './seeded-random.ts';

export interface PlannedRun {
  id: string;
  key: string;
  pipeline: PipelineDefinition;
  /** Faults of the jobs of its steps. */
  faults: PlannedFault[];
  /** When it is cancelled, after its start. */
  cancelAfterMs?: number;
  /** When somebody terminates it in Temporal, after its start. */
  terminateAfterMs?: number;
  /** Whether it is replayed once it has ended without success. */
  isReplayed: boolean;
  /** Nothing that was planned is a reason for any other outcome than `succeeded`. */
  mustSucceed: boolean;
}

export type ChaosEvent =
  { atMs: number; kind: 'kill-worker'; worker: 0 | 1 } | { atMs: number; kind: 'kill-temporal' | 'cut-connections' };

export interface ChaosPlan {
  seed: number;
  runs: PlannedRun[];
  /** The earliest first; times count from the first start of a run. */
  events: ChaosEvent[];
}

/** Fraud Detector runs one job at a time, so that many of them would do nothing but wait for each other. */
const SERVICE_WEIGHTS = {
  'machine-learning/batch-prediction': 55,
  'fraud-detector/batch-prediction': 7,
  'personalize/batch-inference': 19,
  'personalize/batch-segment': 19,
};

const REGION = 'eu-west-1';
const KEY = '2026-11-20';
/** Of input that is not there: its job fails. */
const NO_SUCH_INPUT = 's3://nightscore-examples/chaos/no-such-input.csv';

/** Where the input of a job is said; a request of Amazon ML names a data source instead. */
const WITHOUT_INPUT: Record<string, Record<string, unknown>> = {
  'fraud-detector/batch-prediction': { inputPath: NO_SUCH_INPUT },
  'personalize/batch-inference': { jobInput: { s3DataSource: { path: NO_SUCH_INPUT } } },
  'personalize/batch-segment': { jobInput: { s3DataSource: { path: NO_SUCH_INPUT } } },
};

/** Everything that will be done, and when: the same for the same seed and number of runs. Nothing is decided later. */
export function planChaos(seed: number, count: number): ChaosPlan {
  const random = seededRandom(seed);
  const runs = Array.from({ length: count }, (_, index) => planRun(random, index));
  return { seed, runs, events: planEvents(random, count) };
}

function planRun(random: SeededRandom, index: number): PlannedRun {
  const name = `chaos-${String(index + 1).padStart(3, '0')}`;
  const id = runKey(name, KEY);
  const steps: Record<string, StepDefinition> = { score: planStep(random, `${name}-score`) };
  if (random.chance(0.25)) {
    const needs = random.chance(0.5) ? { needs: ['score'] } : {};
    steps['again'] = { ...planStep(random, `${name}-again`), ...needs };
  }
  const faults = Object.entries(steps).flatMap(([step, { uses }]) => {
    const planned = planFaults(random, uses, jobIdOf(uses, id, step, 1));
    for (const { fault } of planned) Object.assign(steps[step]!, MEETS[fault]);
    return planned;
  });
  const cancelled = random.chance(0.15) ? { cancelAfterMs: random.integer(200, 15_000) } : {};
  const terminated = random.chance(0.1) ? { terminateAfterMs: random.integer(200, 10_000) } : {};
  const isReplayed = 'terminateAfterMs' in terminated || random.chance(0.5);
  const mustSucceed =
    !('cancelAfterMs' in cancelled) &&
    Object.values(steps).every(({ timeout, description }) => timeout === undefined && description !== FAILS) &&
    // A start that looks again, after a fault of another kind, may meet a denial, which is a rightful end of it.
    faults.every(({ fault }) => fault !== 'access-denied' && !DOOMS.has(fault));
  return { id, key: KEY, pipeline: { name, steps }, faults, ...cancelled, ...terminated, isReplayed, mustSucceed };
}

/** What a step has to say about a fate of its job for the run to end, and for the fate to be noticed. */
const MEETS: Partial<Record<FaultName, Partial<StepDefinition>>> = {
  'job-hangs': { timeout: '5s', onCancel: 'stop' },
  'job-fails': { retry: { maxAttempts: 2, delay: '1s' } },
  'results-short': { verify: true },
  'results-missing': { verify: true },
};

const FAILS = 'has no input, and fails';

function planStep(random: SeededRandom, folder: string): StepDefinition {
  const uses = random.weighted(SERVICE_WEIGHTS);
  const fails = random.chance(0.08) ? WITHOUT_INPUT[uses] : undefined;
  const request = { ...EXAMPLE_REQUESTS[uses]!(folder), ...fails };
  return {
    uses,
    with: request as StepDefinition['with'],
    region: REGION,
    ...(fails && { description: FAILS }),
    ...(random.chance(0.1) && { timeout: `${random.integer(1, 12)}s` }),
    ...(random.chance(0.15) && { onCancel: 'leave' as const }),
    ...(uses.startsWith('machine-learning') && random.chance(0.15) && { onCancel: 'delete' as const }),
    ...(random.chance(0.15) && { verify: true }),
  };
}

/** The id that Nightscore gives to a job. */
export function jobIdOf(uses: string, run: string, step: string, attempt: number): string {
  return CATALOG.get(uses)!.jobId({ namespace: 'default', runKey: run, step, attempt });
}

function planEvents(random: SeededRandom, count: number): ChaosEvent[] {
  // About as long as the runs take.
  const lengthMs = 12_000 + count * 1_100;
  const workerKills = every(random, Math.min(15_000, lengthMs / 4), lengthMs).map((atMs): ChaosEvent => ({
    atMs,
    kind: 'kill-worker',
    worker: random.pick([0, 1]),
  }));
  const cuts = every(random, Math.min(9_000, lengthMs / 4), lengthMs).map((atMs): ChaosEvent => ({
    atMs,
    kind: 'cut-connections',
  }));
  const temporalKills = [0.3, 0.65].map((share): ChaosEvent => {
    const atMs = Math.round(lengthMs * share) + random.integer(-1_000, 1_000);
    return { atMs, kind: 'kill-temporal' };
  });
  return [...workerKills, ...cuts, ...temporalKills].sort((one, other) => one.atMs - other.atMs);
}

/** Moments up to an end, this far apart on average. */
function every(random: SeededRandom, apartMs: number, endMs: number): number[] {
  const moments: number[] = [];
  for (let at = 0; ;) {
    at += random.integer(Math.round(apartMs * 0.7), Math.round(apartMs * 1.3));
    if (at >= endMs) return moments;
    moments.push(at);
  }
}
