import type { Finding, Path } from './problem.ts';

const MAX_DEPTH = 50;
const MAX_VALUES = 100_000;

/**
 * What keeps a value from being a definition whatever its keys are: what is not plain data as JSON has it, nesting too deep, or sheer
 * size. When there is nothing, the value may be given to code that recurses into it. Meant for values from strangers.
 */
export function checkPlainData(value: unknown): Finding[] {
  const findings: Finding[] = [];
  const open: { value: unknown; path: Path }[] = [{ value, path: [] }];
  let count = 0;
  for (let next = open.pop(); next; next = open.pop()) {
    const { path } = next;
    count += 1;
    if (count > MAX_VALUES) return [{ path: [], at: 'value', message: `holds more than ${MAX_VALUES} values` }];
    if (path.length > MAX_DEPTH) {
      return [{ path: path.slice(0, 3), at: 'key', message: `is nested more than ${MAX_DEPTH} levels deep` }];
    }
    const message = path.length > 0 && next.value === undefined ? 'must not be undefined' : problemOf(next.value);
    if (message !== undefined) findings.push({ path, at: 'value', message });
    else for (const member of membersOf(next.value, path).reverse()) open.push(member);
  }
  return findings;
}

function problemOf(value: unknown): string | undefined {
  if (typeof value === 'number' && !Number.isFinite(value)) return `must be a finite number, not ${value}`;
  if (['bigint', 'function', 'symbol'].includes(typeof value)) return `must be plain data, not a ${typeof value}`;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  // Compared by name: objects of another realm, such as a workflow's, are plain as well.
  const kind: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  if (typeof kind === 'string' && kind !== 'Object') return `must be plain data, not a ${kind}`;
  if (Object.hasOwn(value, '__proto__')) return 'must not have the key __proto__';
  return undefined;
}

function membersOf(value: unknown, path: Path): { value: unknown; path: Path }[] {
  if (Array.isArray(value)) return value.map((item: unknown, index) => ({ value: item, path: [...path, index] }));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([key, member]) => ({ value: member, path: [...path, key] }));
}
