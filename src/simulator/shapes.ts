import { z } from 'zod';
import type { ZodType } from 'zod';

/** Constraints as a service model writes them; `pattern` is the model's own text and must match the whole value. */
export interface TextConstraints {
  min?: number;
  max?: number;
  pattern?: string;
}

/** A string member. A value of the wrong length is not held against the pattern, which could take very long. */
export function text({ min = 0, max = Number.MAX_SAFE_INTEGER, pattern }: TextConstraints = {}) {
  const lengths = z.string().min(min, { abort: true }).max(max, { abort: true });
  return pattern === undefined ? lengths : lengths.regex(wholeMatch(pattern), { error: pattern });
}

/** A 32-bit integer member. */
export function integer({ min, max }: { min?: number; max?: number } = {}) {
  const unlimited = z.int32();
  const fromMinimum = min === undefined ? unlimited : unlimited.min(min);
  return max === undefined ? fromMinimum : fromMinimum.max(max);
}

/** A member that may be left out; `null` on the wire is the same as left out. */
export function optional<Value>(schema: ZodType<Value>) {
  return schema.nullish().transform((value): Value | undefined => value ?? undefined);
}

function wholeMatch(pattern: string): RegExp {
  // Only `u` knows classes such as \p{L}; without it, the escapes that models are fond of (`\:`) are allowed.
  return new RegExp(`^(?:${pattern})$`, pattern.includes('\\p{') ? 'u' : '');
}
