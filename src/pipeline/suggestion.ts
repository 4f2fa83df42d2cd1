import { closest, distance } from 'fastest-levenshtein';

/** A message with what was probably meant, if that is known. */
export function withSuggestion(message: string, suggestion: string | undefined): string {
  return suggestion === undefined ? message : `${message} (did you mean ${suggestion}?)`;
}

/** The candidate that `name` was probably meant to be: at most a third of its letters differ. */
export function suggestionFor(name: string, candidates: Iterable<string>): string | undefined {
  const names = [...candidates];
  if (names.length === 0 || name.length > 100) return undefined;
  const sameLetters = names.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  const candidate = sameLetters ?? closest(name, names);
  const differences = distance(name.toLowerCase(), candidate.toLowerCase());
  return differences <= Math.max(1, Math.floor(candidate.length / 3)) ? candidate : undefined;
}
