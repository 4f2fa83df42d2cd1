/** The entry of this id; ids such as `constructor` are ordinary ids. */
export function lookUp<Value>(entries: Readonly<Record<string, Value>>, id: string): Value | undefined {
  return Object.hasOwn(entries, id) ? entries[id] : undefined;
}
