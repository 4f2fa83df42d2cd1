import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type Pair, type YAMLMap } from 'yaml';
import type { Finding } from './problem.ts';

/** The name that a key becomes in the data; undefined when it cannot be one. */
export function keyText(key: unknown): string | undefined {
  const value: unknown = isScalar(key) ? key.value : undefined;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** Finds pairs by key without going through all of a mapping each time. */
export class PairIndex {
  readonly #pairs = new WeakMap<YAMLMap, Map<string, Pair>>();

  find(map: YAMLMap, key: string): Pair | undefined {
    const known = this.#pairs.get(map);
    if (known) return known.get(key);
    const pairs = new Map(map.items.map((pair) => [keyText(pair.key) ?? '', pair]));
    this.#pairs.set(map, pairs);
    return pairs.get(key);
  }
}

/** Where in a YAML text a finding is to be shown: as near to its path as the text goes. */
export function offsetOf(
  { path, at }: Pick<Finding, 'path' | 'at'>,
  document: Document.Parsed,
  text: string,
  pairs: PairIndex,
): number {
  let node: unknown = document.contents;
  let keyOffset = document.contents?.range[0] ?? 0;
  for (const part of path) {
    const parent = isAlias(node) ? node.resolve(document) : node;
    const pair = isMap(parent) ? pairs.find(parent, String(part)) : undefined;
    if (pair) {
      keyOffset = startOf(pair.key) ?? keyOffset;
      node = pair.value;
    } else if (isSeq(parent) && typeof part === 'number' && part < parent.items.length) {
      node = parent.items[part];
      keyOffset = startOf(node) ?? keyOffset;
    } else {
      return keyOffset;
    }
  }
  if (at === 'key') return keyOffset;
  const valueOffset = startOf(node) ?? keyOffset;
  if (at === 'value' || !isScalar(node) || !node.range) return valueOffset;
  return valueOffset + offsetInSource(text.slice(node.range[0], node.range[1]), String(node.value), at.offset);
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null)?.range?.[0];
}

/**
 * Where a character of a text stands in the YAML that the text was written as. Quotes, escapes and indentation may lie between,
 * so that only the start of the expression may be found.
 */
function offsetInSource(source: string, value: string, offset: number): number {
  const whole = source.indexOf(value);
  if (whole >= 0) return whole + offset;
  const opening = value.lastIndexOf('${{', offset);
  if (opening < 0) return 0;
  const before = value.slice(0, opening).split('${{').length - 1;
  const openingInSource = nthIndexOf(source, '${{', before);
  const inside = value.slice(opening, offset);
  return source.startsWith(inside, openingInSource) ? openingInSource + inside.length : Math.max(openingInSource, 0);
}

function nthIndexOf(text: string, part: string, n: number): number {
  let index = text.indexOf(part);
  for (let count = 0; count < n && index >= 0; count += 1) index = text.indexOf(part, index + 1);
  return index;
}
