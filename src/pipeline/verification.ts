import { counted } from './wording.ts';

/** One way in which result files are not what the service promises. Never holds what stands in a row. */
export interface VerificationProblem {
  /** S3 URI of the file that it is about. */
  file: string;
  /** For a person, for example `the score is not between 0 and 1`. */
  what: string;
  /** The first lines that have it, counted from 1 in the unpacked file; absent when it is not about lines. */
  lines?: number[];
  /** How many lines have it. */
  count?: number;
}

/** What reading the result files of a job came to. No problems mean that the results are proven. */
export interface Verification {
  /** Result files that were read. */
  files: number;
  /** Records found in them, and those of them that the service could not score. */
  records: { total: number; invalid: number };
  problems: VerificationProblem[];
}

/** Why the results are not proven, for a person; undefined when they are. Holds line numbers, and nothing that stands in them. */
export function verificationObjection({ files, records, problems }: Verification): string | undefined {
  const [first] = problems;
  if (!first) return undefined;
  const more = problems.length > 1 ? `; and ${counted(problems.length - 1, 'more problem')}` : '';
  const partial = `PARTIAL: ${readText({ files, records })} were read, ${records.invalid} of them invalid`;
  return `${partial}. ${problemText(first)}${more}`;
}

/** How much was read: `4,000 records in 1 file`. */
export function readText({ files, records }: Pick<Verification, 'files' | 'records'>): string {
  return `${counted(records.total, 'record')} in ${counted(files, 'file')}`;
}

/** A problem with its file and lines, for a person. */
export function problemText({ file, what, lines = [], count = lines.length }: VerificationProblem): string {
  if (lines.length === 0) return `${file}: ${what}`;
  const more = count > lines.length ? ` and ${count - lines.length} more` : '';
  return `${file}: ${what} (${count === 1 ? 'line' : 'lines'} ${lines.join(', ')}${more})`;
}
