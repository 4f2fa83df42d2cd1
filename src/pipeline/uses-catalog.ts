import type { ZodType } from 'zod';
import type { RecordCounts } from './gate.ts';

/** The types that an output of a step can have in expressions. */
type CelType = 'string' | 'int' | 'bool';

/** What validation has to know of one thing that a step can use. */
export interface UsesEntry {
  kind: 'job' | 'follow-up';
  /** The step's `with`, rendered. Its descriptions and constraints end up in error messages and in the JSON Schema. */
  with: ZodType;
  /** What later steps see in `steps.<id>`, besides what every step of this kind has. */
  outputs: Readonly<Record<string, CelType>>;
  /** The record counts that a job's service reports; everything when absent. */
  counts?: RecordCounts;
  /** How a job can be ended before its time. */
  endings?: { stop: boolean; delete: boolean };
}

/** Everything that a step can use, by what its `uses` says. */
export interface UsesCatalog {
  readonly [uses: string]: UsesEntry;
}
