import { ApplicationFailure } from '@temporalio/workflow';
import { runJob } from 'nightscore/workflow';

export interface ChooseModelInput {
  date: string;
  /** The models to try, the preferred one first. */
  models: string[];
}

export interface ChosenModel {
  model: string;
  outputUri: string;
}

/**
 * Scores the night's records with the first model whose job succeeds. The jobs are Nightscore's: started once, whatever crashes,
 * awaited by its workers, and stopped or accounted for when this workflow is cancelled.
 */
export async function chooseModel({ date, models }: ChooseModelInput): Promise<ChosenModel> {
  const reasons: string[] = [];
  for (const [index, model] of models.entries()) {
    const result = await runJob({
      uses: 'machine-learning/batch-prediction',
      // Part of the job's id: one step, one job.
      step: `score_${index}`,
      with: {
        MLModelId: model,
        BatchPredictionDataSourceId: 'ds-tumor-screening',
        OutputUri: `s3://nightscore-examples/own-workflow/${date}/`,
      },
      gate: { maxInvalidRatio: 0.01 },
      timeout: '6h',
      // The task queue of Nightscore's workers; this workflow runs on one of its own.
      taskQueue: 'nightscore',
    });
    if (result.outcome === 'succeeded') return { model, outputUri: result.job?.outputUri ?? '' };
    reasons.push(`${model}: ${result.error ?? result.outcome}`);
  }
  throw ApplicationFailure.nonRetryable(`No model scored the records of ${date}.\n${reasons.join('\n')}`);
}
