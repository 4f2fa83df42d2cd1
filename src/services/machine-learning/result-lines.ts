import { parse } from 'csv-parse/sync';

/** Kinds of models, as MLModelType names them. */
const MODEL_TYPES = ['BINARY', 'MULTICLASS', 'REGRESSION'] as const;
export type ModelType = (typeof MODEL_TYPES)[number];

/** What is known of the model and of its input before a result file is read. */
export interface Expectation {
  /** Unknown when we may not read the model: the header then tells. */
  type?: ModelType | undefined;
  /** The column that identifies a record, null when there is none; unknown when we may not read the schema. */
  rowId?: string | null | undefined;
}

/** Amazon ML rounds the score of each class. */
const SUM_TOLERANCE = 1e-3;

/** What is wrong with a line, in words that are the same for all lines and repeat nothing of it; undefined when it is right. */
export type LineCheck = (line: string) => string | undefined;

export function modelTypeOf(text: string | undefined): ModelType | undefined {
  return MODEL_TYPES.find((type) => type === text);
}

/** How to check the lines under this header, or what is wrong with the header. */
export function lineCheck(headerLine: string, expected: Expectation): LineCheck | { wrong: string } {
  const header = fieldsOf(headerLine);
  if (!header) return { wrong: 'the header is not CSV' };
  const type = expected.type ?? typeFrom(header);
  const columns = type === 'BINARY' ? ['bestAnswer', 'score'] : type === 'REGRESSION' ? ['score'] : [];
  const missing = columns.find((column) => !header.includes(column));
  if (missing !== undefined) return { wrong: `the header has no column ${missing}` };
  const valuesCheck = type === 'MULTICLASS' ? classesCheck(header, expected) : scoreCheck(header, type);
  return (line) => {
    const fields = fieldsOf(line);
    if (!fields) return 'the line is not CSV';
    if (fields.length !== header.length) return 'the line has not as many fields as the header';
    return valuesCheck(fields);
  };
}

function typeFrom(header: readonly string[]): ModelType {
  if (!header.includes('score')) return 'MULTICLASS';
  return header.includes('bestAnswer') ? 'BINARY' : 'REGRESSION';
}

type ValuesCheck = (fields: readonly string[]) => string | undefined;

function scoreCheck(header: readonly string[], type: 'BINARY' | 'REGRESSION'): ValuesCheck {
  // Copied columns stand in front, and one of them may have the same name.
  const bestAnswerAt = header.lastIndexOf('bestAnswer');
  const scoreAt = header.lastIndexOf('score');
  return (fields) => {
    const score = numberOf(fields[scoreAt]);
    if (type === 'REGRESSION') return Number.isFinite(score) ? undefined : 'the score is not a finite number';
    if (!['0', '1'].includes(fields[bestAnswerAt] ?? '')) return 'bestAnswer is neither 0 nor 1';
    return isShare(score) ? undefined : 'the score is not between 0 and 1';
  };
}

function classesCheck(header: readonly string[], { rowId }: Expectation): ValuesCheck {
  // Amazon ML copies the record's id and its true value, in this order, in front of the classes.
  const idEnd = typeof rowId === 'string' ? header.indexOf(rowId) + 1 : 0;
  const start = Math.max(idEnd, header.indexOf('trueLabel') + 1);
  return (fields) => {
    const scores = fields.slice(start).map(numberOf);
    // Without the schema, the first column may be an id.
    const isRight = isDistribution(scores) || (rowId === undefined && start === 0 && isDistribution(scores.slice(1)));
    return isRight ? undefined : 'the scores of the classes are not numbers between 0 and 1 that sum to 1';
  };
}

function isDistribution(scores: readonly number[]): boolean {
  const sum = scores.reduce((left, right) => left + right, 0);
  return scores.every(isShare) && Math.abs(sum - 1) <= SUM_TOLERANCE;
}

function isShare(number: number): boolean {
  return number >= 0 && number <= 1;
}

/** NaN for anything but a number. */
function numberOf(text = ''): number {
  return text === '' ? Number.NaN : Number(text);
}

/** The fields of a line, without the blanks around them; undefined when the line is not CSV. */
function fieldsOf(line: string): string[] | undefined {
  // Most lines have no quotes, and splitting is much faster than parsing.
  if (!line.includes('"')) return line.split(',').map((field) => field.trim());
  try {
    return parse(line, { relax_column_count: true, trim: true })[0];
  } catch {
    return undefined;
  }
}
