import { chunksOf } from '../chunks.ts';

/** Temporal reads `a OR b OR c` as nested pairs, and takes no more than some 990 of them; in parentheses each list counts for itself. */
const TERMS_IN_A_ROW = 100;

/** Conditions of which one must hold: as many as there are, for long lists are written as a tree, which nests no deeper for it. */
export function anyOf(terms: readonly string[]): string {
  if (terms.length > TERMS_IN_A_ROW) return anyOf(chunksOf(terms, TERMS_IN_A_ROW).map(anyOf));
  return terms.length === 1 ? (terms[0] ?? '') : `(${terms.join(' OR ')})`;
}

/** A text as it is written in a query. */
export function quote(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
