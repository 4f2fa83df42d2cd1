import type { ReplayOptions } from '../../src/client/replay.ts';
import type { PipelineDefinition, StepDefinition } from '../../src/pipeline/definition.ts';
import type { RunReport } from '../../src/pipeline/report.ts';
import { jobStep, pipeline } from '../support/example-pipelines.ts';
import type { ScheduledRunResult } from '../../src/workflows/scheduled-run.ts';

const AML = 'machine-learning/batch-prediction';
const AFD = 'fraud-detector/batch-prediction';

interface RecordedRun {
  /** Of the pipeline and of the file; says how the run ends. */
  name: string;
  steps: Record<string, StepDefinition>;
  /** Longest time of the whole run. */
  timeout?: string;
  /** Switches of the simulator that are on meanwhile. */
  faults?: object[];
  cancelWhen?: (report: RunReport) => boolean;
  /** Cancel this step only. */
  cancelStep?: string;
}

/** Not once it was seen to run: a fast simulator may have ended it by then. */
const isSubmitted = ({ steps }: RunReport): boolean => steps['score']?.job !== undefined;
const fate = (fault: string, message?: string) => ({ call: 'create', fault, times: 1, ...(message && { message }) });
const copy = (more: Partial<StepDefinition>): StepDefinition => ({
  uses: 's3/copy',
  with: { from: '${{ steps.score.outputUri }}', to: 's3://nightscore-examples/recorded/${{ run.key }}/' },
  ...more,
});

/** One run for each kind of ending. */
export const RECORDED_RUNS: readonly RecordedRun[] = [
  { name: 'succeeded', steps: { score: jobStep(AML), publish: copy({ needs: ['score'] }) } },
  {
    name: 'rejected',
    steps: {
      score: jobStep(AML, { with: { ...jobStep(AML).with, MLModelId: 'ml-unknown' } }),
      publish: copy({ needs: ['score'] }),
      rescue: copy({
        needs: ['score'],
        if: 'failed()',
        with: { from: 's3://nightscore-examples/tumor-screening/input/', to: 's3://nightscore-examples/rescued/' },
      }),
    },
  },
  { name: 'gate-failed', steps: { score: jobStep(AML, { gate: { minRecords: 1_000_000 } }) } },
  { name: 'timed-out', steps: { score: jobStep(AFD, { timeout: '1s' }) } },
  { name: 'cancelled-and-stopped', steps: { score: jobStep(AFD) }, cancelWhen: isSubmitted },
  { name: 'cancelled-and-left-running', steps: { score: jobStep(AML) }, cancelWhen: isSubmitted },
  { name: 'failed', steps: { score: jobStep(AML) }, faults: [fate('job-fails', 'Invalid S3 input path')] },
  {
    name: 'failed-and-tried-again',
    steps: { score: jobStep(AML, { retry: { maxAttempts: 2, delay: '1s' } }) },
    faults: [fate('job-fails')],
  },
  { name: 'lost', steps: { score: jobStep(AML) }, faults: [fate('job-vanishes')] },
  { name: 'proven', steps: { score: jobStep(AML, { verify: true, gate: { minRecords: 1 } }) } },
  { name: 'not-proven', steps: { score: jobStep(AFD, { verify: true }) }, faults: [fate('results-short')] },
  {
    name: 'cancelled-before-a-job',
    steps: { score: jobStep(AFD) },
    faults: [{ call: 'create', fault: 'throttle' }],
    cancelWhen: ({ steps }) => steps['score']?.state === 'starting',
  },
  { name: 'cancelled-and-deleted', steps: { score: jobStep(AML, { onCancel: 'delete' }) }, cancelWhen: isSubmitted },
  {
    name: 'stop-denied',
    steps: { score: jobStep(AFD) },
    faults: [{ call: 'stop', fault: 'access-denied' }],
    cancelWhen: isSubmitted,
  },
  {
    name: 'step-cancelled',
    steps: { score: jobStep(AFD), other: jobStep(AML) },
    cancelWhen: isSubmitted,
    cancelStep: 'score',
  },
  { name: 'run-timed-out', steps: { score: jobStep(AFD), publish: copy({ needs: ['score'] }) }, timeout: '1s' },
  {
    name: 'stalled-and-stopped',
    steps: { score: jobStep(AFD, { stallAfter: '1s', onStall: 'stop' }) },
    faults: [fate('job-hangs')],
  },
  {
    name: 'given-up',
    steps: { score: jobStep(AML) },
    faults: [fate('job-hangs'), { call: 'read', fault: 'unknown-status', skip: 1 }],
  },
  {
    name: 'adopted',
    steps: { score: jobStep(AML) },
    faults: [{ call: 'create', fault: 'reset-after', times: 1 }],
  },
  { name: 'invalid', steps: { score: jobStep(AML, { needs: ['nowhere'] }) } },
];

interface RecordedReplay {
  /** Of the file. */
  name: string;
  /** Which of the runs above is replayed. */
  of: string;
  options?: Omit<ReplayOptions, 'run'>;
}

/** One replay for each way on. */
export const RECORDED_REPLAYS: readonly RecordedReplay[] = [
  { name: 'replay-pays-again', of: 'failed' },
  { name: 'replay-reuses', of: 'step-cancelled' },
  { name: 'replay-adopts', of: 'cancelled-and-left-running' },
  {
    name: 'replay-judges-anew',
    of: 'gate-failed',
    options: { definition: pipeline('gate-failed', { score: jobStep(AML, { gate: { minRecords: 1 } }) }) },
  },
  { name: 'replay-from-a-step', of: 'succeeded', options: { from: 'publish' } },
];

interface RecordedScheduledRun {
  /** Of the file. */
  name: string;
  /** Of {@link SCHEDULED_PIPELINES}, or none. */
  pipeline: string;
  /** What a schedule of Temporal says it is for. */
  scheduledTime: Date;
  /** Somebody starts the run of that period before. */
  isStartedBefore?: boolean;
  /** What comes of it; it fails when absent. */
  how?: ScheduledRunResult['how'];
}

const scheduledTime = new Date('2026-11-20T02:30:00Z');

/** One scheduled run for each thing that may come of it. */
export const RECORDED_SCHEDULED_RUNS: readonly RecordedScheduledRun[] = [
  { name: 'scheduled-started', pipeline: 'scheduled', scheduledTime, how: 'started' },
  { name: 'scheduled-ended-before', pipeline: 'scheduled', scheduledTime, how: 'ended-before' },
  {
    name: 'scheduled-joined',
    pipeline: 'scheduled',
    scheduledTime: new Date('2026-11-21T02:30:00Z'),
    isStartedBefore: true,
    how: 'joined',
  },
  { name: 'scheduled-failed', pipeline: 'scheduled-at-fault', scheduledTime },
  { name: 'scheduled-unknown', pipeline: 'scheduled-by-nobody', scheduledTime },
];

/** The files of the worker. */
export const SCHEDULED_PIPELINES: readonly PipelineDefinition[] = [
  pipeline('scheduled', { score: jobStep(AML) }),
  pipeline('scheduled-at-fault', { score: jobStep(AML, { gate: { minRecords: 1_000_000 } }) }),
];
