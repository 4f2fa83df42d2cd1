import type { StepDefinition } from '../../src/pipeline/definition.ts';
import type { RunReport } from '../../src/pipeline/report.ts';
import { jobStep } from '../support/example-pipelines.ts';

const AML = 'machine-learning/batch-prediction';
const AFD = 'fraud-detector/batch-prediction';

interface RecordedRun {
  /** Of the pipeline and of the file; says how the run ends. */
  name: string;
  steps: Record<string, StepDefinition>;
  cancelWhen?: (report: RunReport) => boolean;
}

const isRunning = ({ steps }: RunReport): boolean => steps['score']?.state === 'running';
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
  { name: 'cancelled-and-stopped', steps: { score: jobStep(AFD) }, cancelWhen: isRunning },
  { name: 'cancelled-and-left-running', steps: { score: jobStep(AML) }, cancelWhen: isRunning },
  { name: 'invalid', steps: { score: jobStep(AML, { needs: ['nowhere'] }) } },
];
