/**
 * Object keys as file paths, and back.
 *
 * An ordinary key is its own path: `scores/2026-11-20.csv`. What a file system cannot hold is escaped with `%`:
 *
 * | in the key | in the path |
 * | --- | --- |
 * | `%`, `\`, control characters | `%25`, `%5C`, `%0A` … |
 * | a segment `.` or `..` | `%2E`, `%2E%2E` |
 * | an empty segment (`a//b`, `/a`, `a/`) | `%empty` |
 * | a segment too long for a file name | folders that end in `%more`, then the rest |
 * | the key `a` where `a/` is a folder already | `a%file` |
 *
 * Keys that differ only in case are two files where the file system tells case apart, as on Linux.
 */

/** In bytes. File systems allow 255, and a name may yet get `%more` or `%file`. */
const LONGEST_NAME = 240;
const LONGEST_FILE_SYSTEM_NAME = 255;

const EMPTY = '%empty';
const MORE = '%more';
const DISPLACED = '%file';

// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const NEEDS_ESCAPE = /[\u0000-\u001f\u007f%\\]/g;
const ESCAPED = /%(25|5C|2E|7F|[01][0-9A-F])/g;

/**
 * Every relative path, `/` between its names, at which the object of this key may lie. The first is where it
 * belongs; the second is for a key whose place is taken by a folder; a third is there if a person may have given
 * a file the key's own name although we would escape it.
 */
export function pathsOfKey(key: string): [home: string, displaced: string, ...asNamed: string[]] {
  const home = key.split('/').map(escapeSegment).join('/');
  const displaced = home + DISPLACED;
  const asNamed = key !== home && key !== displaced && isPath(key) && keyOfPath(key) === key;
  return asNamed ? [home, displaced, key] : [home, displaced];
}

/** The key of the object in the file at this relative path, `/` between its names. */
export function keyOfPath(path: string): string {
  const names = path.split('/');
  const file = names.pop() ?? '';
  return names.map(keyPartOfFolder).join('') + keyPartOfFile(file);
}

/** What a folder of this name adds to the keys of the objects in it. */
export function keyPartOfFolder(name: string): string {
  return name.endsWith(MORE) ? unescaped(name.slice(0, -MORE.length)) : `${unescapeSegment(name)}/`;
}

/** What a file of this name adds to the key that its folders began. */
export function keyPartOfFile(name: string): string {
  return unescapeSegment(name.endsWith(DISPLACED) ? name.slice(0, -DISPLACED.length) : name);
}

/** Where the object moves whose file is in the way of a folder. */
export function displacedPath(path: string): string {
  return path + DISPLACED;
}

function escapeSegment(segment: string): string {
  if (segment === '') return EMPTY;
  const chunks = [''];
  for (const character of segment) {
    const escaped = character.replace(NEEDS_ESCAPE, toEscape);
    const extended = `${chunks.at(-1)}${escaped}`;
    if (Buffer.byteLength(extended) <= LONGEST_NAME) chunks[chunks.length - 1] = extended;
    else chunks.push(escaped);
  }
  const last = chunks.pop() ?? '';
  return [...chunks.map((chunk) => chunk + MORE), isDots(last) ? last.replaceAll('.', '%2E') : last].join('/');
}

function toEscape(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function unescapeSegment(name: string): string {
  return name === EMPTY ? '' : unescaped(name);
}

function unescaped(name: string): string {
  return name.replace(ESCAPED, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function isPath(key: string): boolean {
  return key.split('/').every((name) => isFileName(name) && !isDots(name));
}

function isFileName(name: string): boolean {
  return name !== '' && !/[\0\\]/.test(name) && Buffer.byteLength(name) <= LONGEST_FILE_SYSTEM_NAME;
}

function isDots(name: string): boolean {
  return name === '.' || name === '..';
}
