import { closest, distance } from 'fastest-levenshtein';

/** The candidate that `name` was probably meant to be: at most a third of its letters differ. */
export function suggestionFor(name: string, candidates: Iterable<string>): string | undefined {
  const names = [...candidates];
  if (names.length === 0 || name.length > 100) return undefined;
  const sameLetters = names.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  const candidate = sameLetters ?? closest(name, names);
  const differences = distance(name.toLowerCase(), candidate.toLowerCase());
  return differences <= Math.max(1, Math.floor(candidate.length / 3)) ? candidate : undefined;
}
