import { z } from 'zod';
import { JOB_KEYS } from '../definition.ts';
import { pipelineShape, stepShape } from './shape.ts';
import type { UsesCatalog, UsesEntry } from '../uses-catalog.ts';

type JsonSchema = z.core.JSONSchema.JSONSchema;
type AnyJsonSchema = JsonSchema | boolean;

const EXPRESSION: JsonSchema = { $ref: '#/$defs/expression' };

/**
 * The JSON Schema (draft 2020-12) of a pipeline file: keys, types and the `with` of everything that a step can use, so that editors
 * complete and check pipeline files. What a schema cannot say, such as needs and expressions, only `parsePipeline` checks.
 */
export function pipelineJsonSchema(uses: UsesCatalog): JsonSchema {
  const schema = z.toJSONSchema(pipelineShape, {
    io: 'input',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      if (zodSchema === stepShape) Object.assign(jsonSchema, stepSchema(jsonSchema, uses));
    },
  });
  const expression = { type: 'string', pattern: '\\$\\{\\{', description: 'A text that holds an expression' } as const;
  return { ...schema, title: 'Nightscore pipeline', $defs: { ...schema.$defs, expression } };
}

/** A step, with what its `uses` may say and, depending on that, what its `with` must hold. */
function stepSchema({ properties, ...step }: JsonSchema, uses: UsesCatalog): JsonSchema {
  const { description } = stepShape.shape.uses;
  return {
    ...step,
    properties: {
      ...properties,
      uses: { type: 'string', enum: Object.keys(uses), ...(description && { description }) },
    },
    allOf: Object.entries(uses).map(([name, entry]) => ({
      if: { properties: { uses: { const: name } }, required: ['uses'] },
      // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
      then: { properties: { with: withSchema(entry), ...(entry.kind === 'follow-up' && NO_JOB_KEYS) } },
    })),
  };
}

const NO_JOB_KEYS: Record<string, AnyJsonSchema> = Object.fromEntries(JOB_KEYS.map((key) => [key, false]));

function withSchema(entry: UsesEntry): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(entry.with, { io: 'input', unrepresentable: 'any' });
  return membersOrExpressions(schema);
}

/** The same schema, except that a text with an expression will do wherever a value is constrained. */
function orExpression(schema: AnyJsonSchema): AnyJsonSchema {
  if (typeof schema === 'boolean') return schema;
  const { description, ...constraints } = membersOrExpressions(schema);
  const isAnyText = constraints.type === 'string' && Object.keys(constraints).length === 1;
  if (isAnyText || Object.keys(constraints).length === 0) return schema;
  return { ...(description !== undefined && { description }), anyOf: [constraints, EXPRESSION] };
}

function membersOrExpressions({ properties, items, additionalProperties, anyOf, ...schema }: JsonSchema): JsonSchema {
  return {
    ...schema,
    ...(properties && { properties: mapValues(properties, orExpression) }),
    ...(items !== undefined && { items: Array.isArray(items) ? items.map(orExpression) : orExpression(items) }),
    ...(additionalProperties !== undefined && { additionalProperties: orExpression(additionalProperties) }),
    ...(anyOf && { anyOf: anyOf.map(membersOrExpressions) }),
  };
}

function mapValues<From, To>(values: Record<string, From>, change: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
}
