import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/pipeline/definition.ts';
import { EXAMPLES, PIPELINES, readPipeline, readResources, seedFile } from './example-files.ts';

const resources = readResources();

/** Every text in a value of a pipeline file, with the parameters' defaults put in. */
function texts(value: Json, params: Record<string, string>): string[] {
  if (typeof value === 'string')
    return [value.replace(/\$\{\{ params\.(\w+) \}\}/g, (_, name: string) => params[name]!)];
  return typeof value === 'object' && value !== null
    ? Object.values(value).flatMap((member) => texts(member, params))
    : [];
}

function textsOf(pipeline: string): string[] {
  const { steps, params = {} } = readPipeline(pipeline);
  const defaults = Object.fromEntries(Object.entries(params).map(([name, param]) => [name, String(param.default)]));
  return Object.values(steps).flatMap((step) => texts(step.with, defaults));
}

/** A member of a step's request that is a text. */
function requested(pipeline: string, step: string, member: string): string {
  const value = readPipeline(pipeline).steps[step]?.with[member];
  if (typeof value !== 'string') throw new Error(`${pipeline}/${step} has no text ${member}`);
  return value;
}

describe('the example files name only what exists', () => {
  it.each(Object.entries(resources.machineLearning.dataSources))('the data source %s has its file', (_, dataSource) => {
    expect(existsSync(seedFile(dataSource.dataLocationS3))).toBe(true);
  });

  it.each([
    { pipeline: 'card-payments', files: 1 },
    { pipeline: 'film-recommendations', files: 2 },
  ])('the inputs of $pipeline exist', ({ pipeline, files }) => {
    const inputs = textsOf(pipeline).filter((text) => /^s3:.*\/input\//.test(text));
    expect(inputs).toHaveLength(files);
    expect(inputs.filter((uri) => !existsSync(seedFile(uri)))).toEqual([]);
  });

  it('the model and the data sources of tumor-screening exist', () => {
    const { models, dataSources } = resources.machineLearning;
    const model = models[requested('tumor-screening', 'score', 'MLModelId')];
    expect(Object.keys(dataSources)).toContain(requested('tumor-screening', 'score', 'BatchPredictionDataSourceId'));
    expect(Object.keys(dataSources)).toContain(model?.trainingDataSourceId);
  });

  it('the detector, its version and the event type of card-payments exist', () => {
    const { detectors, eventTypes } = resources.fraudDetector;
    const member = (name: string) => requested('card-payments', 'score', name);
    const detector = detectors[member('detectorName')];
    expect(detector?.eventType).toBe(member('eventTypeName'));
    expect(Object.keys(eventTypes)).toContain(member('eventTypeName'));
    expect(Object.keys(detector?.versions ?? {})).toContain(member('detectorVersion'));
  });

  it.each([
    { step: 'recommend', uses: 'personalize/batch-inference', recipe: 'aws-user-personalization' },
    { step: 'segment', uses: 'personalize/batch-segment', recipe: 'aws-item-affinity' },
  ])('the solution version of film-recommendations/$step exists and suits the service', ({ step, uses, recipe }) => {
    const definition = readPipeline('film-recommendations').steps[step]!;
    const arn = requested('film-recommendations', step, 'solutionVersionArn');
    const [, region, account, solution, version] =
      /^arn:aws:personalize:([^:]+):(\d+):solution\/([^/]+)\/(.+)$/.exec(arn) ?? [];
    expect({ uses: definition.uses, region, account }).toEqual({
      uses,
      region: definition.region,
      account: resources.account,
    });
    expect(resources.personalize.solutions[solution!]).toMatchObject({ recipe, versions: { [version!]: {} } });
  });
});

describe('the example folder', () => {
  it('stays under two megabytes', () => {
    const files = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' }).map((path) => join(EXAMPLES, path));
    const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
    expect(bytes).toBeLessThan(2_000_000);
  });

  it.each(PIPELINES)('names the pipeline in %s.yaml after the file', (pipeline) => {
    expect(readPipeline(pipeline).name).toBe(pipeline);
  });
});
