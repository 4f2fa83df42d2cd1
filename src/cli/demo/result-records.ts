import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import type { JobRecords } from '../../pipeline/job.ts';

/** Counts the records of a result file, and those that could not be scored, by the format of each service. */
const COUNTS: Readonly<Record<string, (text: string) => Required<Pick<JobRecords, 'total' | 'invalid'>>>> = {
  'machine-learning/batch-prediction': countMachineLearning,
  'fraud-detector/batch-prediction': countFraudDetector,
  'personalize/batch-inference': countPersonalize,
  'personalize/batch-segment': countPersonalize,
};

const personalizeLine = z.looseObject({ error: z.string().nullish() });

/** What the result files of a job say of its records; undefined for a service whose format is not known here. */
export function countRecords(service: string, texts: readonly string[]): JobRecords | undefined {
  const count = COUNTS[service];
  if (!count) return undefined;
  const counts = texts.map(count);
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  return { total: sum(counts.map(({ total }) => total)), invalid: sum(counts.map(({ invalid }) => invalid)) };
}

/** The scores of an Amazon ML result file in the order of its records; undefined for a record that could not be scored. */
export function machineLearningScores(text: string): (number | undefined)[] {
  const [header = '', ...lines] = linesOf(text);
  const column = header.split(',').findIndex((name) => name.trim() === 'score');
  if (column < 0) throw new Error(`The result file has no column "score"; its header is ${JSON.stringify(header)}.`);
  return lines.map((line) => (line === '' ? undefined : Number(line.split(',')[column])));
}

/** A header, then one line for each record, blank for a record that could not be scored. */
function countMachineLearning(text: string) {
  const [, ...lines] = linesOf(text);
  return { total: lines.length, invalid: lines.filter((line) => line === '').length };
}

/** CSV with a STATUS, which is Success or the reason why there is no score. */
function countFraudDetector(text: string) {
  const rows = parse<{ STATUS: string }>(text, { columns: true });
  return { total: rows.length, invalid: rows.filter(({ STATUS }) => STATUS.toLowerCase() !== 'success').length };
}

/** A JSON document in each line, with an `error` where there is no result. */
function countPersonalize(text: string) {
  const lines = linesOf(text).map((line) => personalizeLine.parse(JSON.parse(line)));
  return { total: lines.length, invalid: lines.filter(({ error }) => typeof error === 'string').length };
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}
