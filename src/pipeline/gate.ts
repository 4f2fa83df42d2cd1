import type { Gate } from './definition.ts';
import type { JobRecords } from './job.ts';
import { counted, grouped } from './wording.ts';

/** Which record counts a service reports for a job that has ended. */
export interface RecordCounts {
  total: boolean;
  invalid: boolean;
}

/** The counts that each condition of a gate looks at. */
const COUNTS_NEEDED = {
  minRecords: ['total'],
  maxInvalid: ['invalid'],
  maxInvalidRatio: ['invalid', 'total'],
} as const satisfies Record<keyof Gate, readonly (keyof RecordCounts)[]>;

const CONDITIONS = Object.keys(COUNTS_NEEDED) as (keyof Gate)[];

/** The conditions of a gate that can never be checked because the service does not report what they look at. */
export function uncheckableConditions(gate: Gate, counts: RecordCounts): { condition: keyof Gate; missing: string }[] {
  return CONDITIONS.filter((condition) => gate[condition] !== undefined).flatMap((condition) => {
    const missing = COUNTS_NEEDED[condition].filter((count) => !counts[count]);
    return missing.length > 0 ? [{ condition, missing: countsText(missing) }] : [];
  });
}

/**
 * Why a succeeded job's records do not pass its step's gate, for a person; undefined when they pass.
 * Counts that the gate needs and the service left out do not pass.
 */
export function checkGate(gate: Gate, records: JobRecords | undefined): string | undefined {
  const [uncheckable] = uncheckableConditions(gate, {
    total: records?.total !== undefined,
    invalid: records?.invalid !== undefined,
  });
  if (uncheckable) {
    return `the gate ${uncheckable.condition} could not be checked: the service did not report ${uncheckable.missing}`;
  }
  const { total = 0, invalid = 0 } = records ?? {};
  const { minRecords = 0, maxInvalid = Infinity, maxInvalidRatio } = gate;
  if (total < minRecords) {
    return `the job processed ${counted(total, 'record')}; the gate asks for at least ${grouped(minRecords)}`;
  }
  if (invalid > maxInvalid) {
    return `${counted(invalid, 'record')} ${invalid === 1 ? 'is' : 'are'} invalid; the gate allows at most ${grouped(maxInvalid)}`;
  }
  // As a product, so that no records at all need no rule of their own.
  if (maxInvalidRatio !== undefined && invalid > total * maxInvalidRatio) {
    return `${grouped(invalid)} of ${counted(total, 'record')} ${invalid === 1 ? 'is' : 'are'} invalid (${percent(invalid / total)}); the gate allows at most ${percent(maxInvalidRatio)}`;
  }
  return undefined;
}

function countsText(missing: readonly (keyof RecordCounts)[]): string {
  const names = { total: 'the number of records', invalid: 'the number of invalid records' };
  return missing.map((name) => names[name]).join(' or ');
}

function percent(ratio: number): string {
  return `${(ratio * 100).toLocaleString('en-US', { maximumSignificantDigits: 3 })} %`;
}
