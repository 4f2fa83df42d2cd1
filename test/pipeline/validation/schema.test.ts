import { describe, expect, test } from 'vitest';
import { pipelineJsonSchema } from '../../../src/pipeline/validation/schema.ts';
import { EXAMPLE_USES } from '../example-uses.ts';

type Json = { readonly [key: string]: unknown };

const schema = pipelineJsonSchema(EXAMPLE_USES);

function at(value: unknown, ...path: string[]): Json {
  const found = path.reduce<unknown>((part, key) => (part as Json | undefined)?.[key], value);
  return (found ?? {}) as Json;
}

const step = at(schema, 'properties', 'steps', 'additionalProperties');

function whenUsing(uses: string): Json {
  const branches = step['allOf'] as Json[];
  return branches.find((branch) => at(branch, 'if', 'properties', 'uses')['const'] === uses)?.['then'] as Json;
}

/** Every object schema within a schema. */
function objectsIn(value: unknown): Json[] {
  if (typeof value !== 'object' || value === null) return [];
  return [...('properties' in value ? [value as Json] : []), ...Object.values(value).flatMap(objectsIn)];
}

describe('the JSON Schema of pipeline files', () => {
  test('is of the draft that editors know, and plain JSON', () => {
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  });

  test('describes every key of a pipeline and of a step', () => {
    for (const properties of [at(schema, 'properties'), at(step, 'properties')]) {
      for (const [key, property] of Object.entries(properties)) {
        expect([key, at(property)['description']]).toEqual([key, expect.stringMatching(/\w{3}/)]);
      }
    }
  });

  test('knows everything that a step can use', () => {
    expect(at(step, 'properties', 'uses')['enum']).toEqual(Object.keys(EXAMPLE_USES));
  });

  test('ties the members of `with` to what the step uses', () => {
    const members = at(whenUsing('machine-learning/batch-prediction'), 'properties', 'with');
    expect(members).toMatchObject({
      required: ['MLModelId', 'BatchPredictionDataSourceId', 'OutputUri'],
      additionalProperties: false,
      properties: { OutputUri: { description: 'The S3 folder under which the results are written' } },
    });
  });

  test('takes an expression wherever a value is constrained, at any depth', () => {
    const { properties } = at(whenUsing('personalize/batch-inference'), 'properties', 'with');
    const expression = { $ref: '#/$defs/expression' };
    expect(properties).toMatchObject({
      solutionVersionArn: { type: 'string' },
      numResults: { anyOf: [{ type: 'integer', minimum: 1, maximum: 500 }, expression] },
      batchInferenceJobMode: { anyOf: [{ enum: ['BATCH_INFERENCE', 'THEME_GENERATION'] }, expression] },
      jobInput: {
        anyOf: [
          {
            properties: {
              s3DataSource: { anyOf: [{ properties: { path: { anyOf: [{}, expression] } } }, expression] },
            },
          },
          expression,
        ],
      },
      tags: { anyOf: [{ type: 'array' }, expression] },
    });
    expect(at(schema, '$defs', 'expression')).toMatchObject({ type: 'string', pattern: '\\$\\{\\{' });
  });

  test('refuses the keys of jobs on follow-ups', () => {
    const forbidden = { timeout: false, retry: false, gate: false, onCancel: false };
    expect(whenUsing('s3/copy')['properties']).toMatchObject(forbidden);
    expect(whenUsing('fraud-detector/batch-prediction')['properties']).not.toHaveProperty('gate');
  });

  test('refuses unknown keys everywhere', () => {
    const open = objectsIn(at(schema, 'properties')).filter((object) => object['type'] === 'object');
    expect(open.length).toBeGreaterThan(5);
    for (const object of open) expect(object['additionalProperties']).toBe(false);
  });
});
