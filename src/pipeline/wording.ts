/** A text as messages show it: short, in quotes, on one line and without control characters. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

/** A number as people read it: `4,000`. */
export function grouped(number: number): string {
  return number.toLocaleString('en-US');
}

/** A number of things: `1 file`, `4,000 records`. */
export function counted(number: number, thing: string): string {
  return `${grouped(number)} ${thing}${number === 1 ? '' : 's'}`;
}

/** That a number of things are there: `there is 1 file`, `there are 4,000 records`. */
export function thereAre(number: number, thing: string): string {
  return `there ${number === 1 ? 'is' : 'are'} ${counted(number, thing)}`;
}

/** A value as messages show it, whatever it is. */
export function described(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  return typeof value === 'function' || typeof value === 'symbol' ? `a ${typeof value}` : String(value);
}
