import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils';
import type { Json, StepDefinition } from './definition.ts';

/**
 * What a step works on, as one short text: equal for two runs of a step if and only if `uses`, region and the resolved `with` are. The
 * order of keys means nothing.
 */
export function inputHash({ uses, region }: Pick<StepDefinition, 'uses' | 'region'>, input: Json): string {
  const text = JSON.stringify(sorted([uses, region ?? null, input]));
  return bytesToHex(sha256(utf8ToBytes(text)));
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, member]) => [key, sorted(member)] as const);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
