import { describe, expect, expectTypeOf, test } from 'vitest';
import { definePipeline } from '../../src/pipeline/define.ts';
import type { PipelineDefinition } from '../../src/pipeline/definition.ts';
import { checkDefinition } from '../../src/pipeline/validation/parse.ts';
import { USES } from '../../src/uses-catalog.ts';

type Pipeline = Parameters<typeof definePipeline>[0];
type Step = Pipeline['steps'][string];
type WithOf<Uses> = Extract<Step, { uses: Uses }>['with'];

const churn = definePipeline({
  name: 'churn-nightly',
  params: { results: { type: 'integer', default: 10 } },
  steps: {
    score: {
      uses: 'machine-learning/batch-prediction',
      with: {
        MLModelId: 'ml-churn-7',
        BatchPredictionDataSourceId: 'ds-customers-${{ run.date }}',
        OutputUri: 's3://acme-scores/churn/${{ run.date }}/',
      },
      gate: { maxInvalidRatio: 0.01 },
    },
    recommend: {
      uses: 'personalize/batch-inference',
      with: {
        solutionVersionArn: 'arn:aws:personalize:eu-west-1:123456789012:solution/films/a7f3c2d9',
        numResults: '${{ params.results }}',
        batchInferenceJobMode: 'BATCH_INFERENCE',
        jobInput: { s3DataSource: { path: 's3://acme/input/' } },
        jobOutput: { s3DataDestination: '${{ {"path": "s3://acme/output/"} }}' },
        roleArn: 'arn:aws:iam::123456789012:role/personalize',
      },
    },
    publish: {
      uses: 's3/copy',
      needs: ['score'],
      with: { from: '${{ steps.score.outputUri }}', to: 's3://acme-scores/latest/' },
    },
  },
});

describe('a pipeline written in TypeScript', () => {
  test('is a definition like that of a file, and valid', () => {
    expectTypeOf(churn).toEqualTypeOf<PipelineDefinition>();
    expect(checkDefinition(churn, USES)).toEqual([]);
  });

  test('types the members of `with` as the AWS client does, or as an expression', () => {
    type Inference = WithOf<'personalize/batch-inference'>;
    expectTypeOf<number>().toExtend<Inference['numResults']>();
    expectTypeOf<'${{ params.results }}'>().toExtend<Inference['numResults']>();
    expectTypeOf<'ten'>().not.toExtend<Inference['numResults']>();
    expectTypeOf<'BATCH_INFERENCE'>().toExtend<Inference['batchInferenceJobMode']>();
    expectTypeOf<'BATCH'>().not.toExtend<Inference['batchInferenceJobMode']>();
    expectTypeOf<{ s3DataSource: { path: string } }>().toExtend<Inference['jobInput']>();
    expectTypeOf<{ s3DataSource: { uri: string } }>().not.toExtend<Inference['jobInput']>();
  });

  test('has no place for the id of a job, which is Nightscore’s', () => {
    expectTypeOf<WithOf<'machine-learning/batch-prediction'>>().not.toHaveProperty('BatchPredictionId');
    expectTypeOf<WithOf<'fraud-detector/batch-prediction'>>().not.toHaveProperty('jobId');
  });

  test('has no place for the keys of jobs on follow-ups', () => {
    expectTypeOf<Extract<Step, { uses: 's3/copy' }>>().not.toHaveProperty('gate');
    expectTypeOf<Extract<Step, { uses: 'machine-learning/batch-prediction' }>>().toHaveProperty('gate');
  });

  test('can use everything that a file can use', () => {
    expectTypeOf<Step['uses']>().toBeString();
    const typed: Record<Step['uses'], true> = {
      'machine-learning/batch-prediction': true,
      'fraud-detector/batch-prediction': true,
      'personalize/batch-inference': true,
      'personalize/batch-segment': true,
      's3/copy': true,
    };
    expect(Object.keys(typed).sort()).toEqual(Object.keys(USES).sort());
  });
});
