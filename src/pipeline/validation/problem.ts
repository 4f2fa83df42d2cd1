import { withSuggestion } from '../suggestion.ts';
/** Something wrong with a pipeline, for the person who wrote it. */
export interface Problem {
  /** The file as the caller named it; empty when the definition did not come from a file. */
  file: string;
  /** Counted from 1; 0 when the definition did not come from a file. */
  line: number;
  column: number;
  /** For example `steps.score.with.OutputUri`; empty for the file as a whole. */
  path: string;
  message: string;
  /** What was probably meant. */
  suggestion?: string;
}

export type Path = readonly (string | number)[];

/** A problem before it is known where its path stands in a file. */
export interface Finding {
  path: Path;
  /** What to point at: the key at the path, its value, or a character of the text that is its value. */
  at: 'key' | 'value' | { offset: number };
  message: string;
  suggestion?: string | undefined;
}

/** The problem that a finding is in a definition which did not come from a file. */
export function problemWithoutPlace({ path, message, suggestion }: Finding): Problem {
  const place = { file: '', line: 0, column: 0, path: pathText(path) };
  return { ...place, message, ...(suggestion !== undefined && { suggestion }) };
}

/** One line for people: `churn.yaml:12:7 steps.score.timeout: … (did you mean …?)`. */
export function formatProblem({ file, line, column, path, message, suggestion }: Problem): string {
  const place = [line > 0 ? `${file}:${line}:${column}` : file, path].filter((part) => part !== '').join(' ');
  return withSuggestion(`${place === '' ? '' : `${place}: `}${message}`, suggestion);
}

/** A path as people write it: `steps.score.needs[0]`. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    if (!/^[\w-]+$/.test(part)) return `${text}[${JSON.stringify(part.slice(0, 80))}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}
