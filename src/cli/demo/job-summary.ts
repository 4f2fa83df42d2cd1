import type { JobRecords } from '../../pipeline/job.ts';
import type { JobReport, StepReport } from '../../pipeline/report.ts';
import { callsText, type CallCounts } from './aws-calls.ts';
import { clipped } from '../view/one-line.ts';
import { recordsText } from '../view/records-text.ts';
import type { ResultFile } from './result-files.ts';
import { effectOfStep, jobElapsedMs, stateText, type LinesOptions } from '../view/run-lines.ts';
import { elapsedText } from '../view/time-text.ts';

/** All that the demo found out about one job. */
export interface JobSummary {
  run: string;
  step: string;
  report: StepReport & { job: JobReport };
  /** What the result files say of the records; services that do not count leave it to them. */
  counted: JobRecords | undefined;
  calls: { own: CallCounts; shared: CallCounts };
  files: readonly ResultFile[];
  /** How well the scores tell the true labels apart, where these are known. */
  areaUnderCurve?: number;
}

const LINES_SHOWN = 3;
const INDENT = ' '.repeat(13);

/** What became of a job, what it cost in calls, and where its results lie with their first lines. */
export function jobSummaryLines(summary: JobSummary, options: LinesOptions): string[] {
  const { run, step, report, calls, files, areaUnderCurve } = summary;
  const { job } = report;
  const { paint } = options;
  const shared = callsText(calls.shared);
  return [
    `${paint('bold', `${run} ${step}`)}  ${paint(effectOfStep(report), stateText(report))}`,
    fact('service', `${job.service} in ${job.region}`),
    fact('job', job.id),
    fact('records', recordsSummary(summary)),
    fact('duration', elapsedText(jobElapsedMs(job, options.now))),
    fact('AWS calls', callsText(calls.own)),
    ...(shared === '' ? [] : [fact('', `for all jobs of the service: ${shared}`)]),
    ...(areaUnderCurve === undefined ? [] : [fact('AUC', `${areaUnderCurve.toFixed(4)} against the true labels`)]),
    ...files.flatMap((file) => fileLines(file, options)),
  ];
}

function recordsSummary({ report, counted }: JobSummary): string {
  const { total, invalid } = { ...counted, ...report.job.records };
  if (total === undefined) return 'not counted';
  const invalidText = invalid === 0 ? ', none invalid' : '';
  return `${recordsText({ records: { total, ...(invalid !== undefined && { invalid }) } })}${invalidText}`;
}

function fileLines({ uri, text }: ResultFile, { columns, paint }: LinesOptions): string[] {
  const first = text.split('\n', LINES_SHOWN);
  return [fact('results', uri), ...first.map((line) => paint('dim', clipped(`${INDENT}${line}`, columns)))];
}

function fact(name: string, value: string): string {
  return `  ${name.padEnd(INDENT.length - 2)}${value}`;
}
