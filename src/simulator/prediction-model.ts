import { z } from 'zod';

const linearSchema = z.strictObject({
  intercept: z.number(),
  /** By field: a number for a numeric field, or a number for each category of a categorical one. */
  coefficients: z.record(z.string(), z.union([z.number(), z.record(z.string(), z.number())])),
  /** What a numeric field counts as when its value is missing; 0 for fields that are not here. */
  missing: z.record(z.string(), z.number()).default({}),
});

export type LinearModel = z.infer<typeof linearSchema>;

/** The small models that the simulator scores by. */
export const predictionModelSchema = z.discriminatedUnion('kind', [
  linearSchema.extend({ kind: z.literal('linear') }),
  z.strictObject({
    kind: z.literal('softmax'),
    classes: z.record(z.string(), linearSchema).refine((classes) => Object.keys(classes).length >= 2, {
      error: 'a softmax model has at least two classes',
    }),
  }),
]);

export type PredictionModel = z.infer<typeof predictionModelSchema>;

/** A value that a model cannot score, for example text where it needs a number. */
export class UnusableValue extends Error {
  override readonly name = 'UnusableValue';
  readonly field: string;

  constructor(field: string) {
    super(`The value of ${field} is not a number.`);
    this.field = field;
  }
}

/** Reads the value of a field of a record; undefined or empty text means that it is missing. */
export type ValueOf = (field: string) => string | undefined;

/** The fields that a model reads. */
export function fieldsOf(model: PredictionModel): string[] {
  const parts = model.kind === 'linear' ? [model] : Object.values(model.classes);
  return [...new Set(parts.flatMap(({ coefficients }) => Object.keys(coefficients)))];
}

/**
 * The weighted sum of a record. A category that the model has not seen counts for nothing.
 *
 * @throws UnusableValue
 */
export function linearScore({ intercept, coefficients, missing }: LinearModel, valueOf: ValueOf): number {
  let score = intercept;
  for (const [field, coefficient] of Object.entries(coefficients)) {
    const value = valueOf(field)?.trim() ?? '';
    if (typeof coefficient === 'number') {
      score += coefficient * (value === '' ? (missing[field] ?? 0) : numberIn(field, value));
    } else {
      score += Object.hasOwn(coefficient, value) ? (coefficient[value] ?? 0) : 0;
    }
  }
  return score;
}

/** The probability that a linear score stands for. */
export function sigmoid(score: number): number {
  return 1 / (1 + Math.exp(-score));
}

/** Probabilities that sum to 1. */
export function softmax(scores: readonly number[]): number[] {
  // The largest score is taken off so that no exponential overflows.
  const largest = scores.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY);
  const weights = scores.map((score) => Math.exp(score - largest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

export function isDecimal(value: string): boolean {
  return DECIMAL.test(value) && Number.isFinite(Number(value));
}

function numberIn(field: string, value: string): number {
  if (!isDecimal(value)) throw new UnusableValue(field);
  return Number(value);
}
