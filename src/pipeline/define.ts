import type { JOB_KEYS, PipelineDefinition, StepDefinition } from './definition.ts';
import type { FollowUpTypes, JobTypes } from './uses-types.ts';

/** A text that holds a `${{ }}` expression. */
type Expression = `${string}\${{${string}}}${string}`;

/** A value, any part of which an expression may stand for. */
type OrExpression<Value> =
  | Expression
  | (Value extends readonly (infer Item)[]
      ? OrExpression<Exclude<Item, undefined>>[]
      : Value extends object
        ? WithExpressions<Value>
        : Value);

/** What a step's `with` may hold where the service takes `Request`. */
type WithExpressions<Request> = {
  [Member in keyof Request]: OrExpression<Exclude<Request[Member], undefined>>;
};

type StepOf<Types, Keys> = {
  [Name in keyof Types]: Pick<StepDefinition, Extract<keyof StepDefinition, Keys>> & {
    uses: Name;
    with: WithExpressions<Types[Name]>;
  };
}[keyof Types];

type FollowUpKey = Exclude<keyof StepDefinition, 'uses' | 'with' | (typeof JOB_KEYS)[number]>;
type JobKey = Exclude<keyof StepDefinition, 'uses' | 'with'>;

/** A step whose `with` is typed by its `uses`. */
type TypedStep = StepOf<JobTypes, JobKey> | StepOf<FollowUpTypes, FollowUpKey>;

type TypedPipeline = Omit<PipelineDefinition, 'steps'> & { steps: Record<string, TypedStep> };

/**
 * A pipeline written in TypeScript. The types of each step's `with` are those of the AWS client; the rest is checked, as for a file,
 * when the pipeline is started.
 *
 * @example
 * definePipeline({
 *   name: 'churn-nightly',
 *   steps: {
 *     score: {
 *       uses: 'machine-learning/batch-prediction',
 *       with: {
 *         MLModelId: 'ml-churn-7',
 *         BatchPredictionDataSourceId: 'ds-customers-${{ run.date }}',
 *         OutputUri: 's3://acme-scores/churn/${{ run.date }}/',
 *       },
 *     },
 *   },
 * });
 */
export function definePipeline(definition: TypedPipeline): PipelineDefinition {
  return definition;
}
