import type { JobReport, RunReport, StepReport } from '../../pipeline/report.ts';
import type { Verification } from '../../pipeline/verification.ts';
import { expectedEndsAtFirstLook } from './expected-end.ts';
import { oneLine } from './one-line.ts';
import { recordsText } from './records-text.ts';
import { runLines, type LinesOptions } from './run-lines.ts';
import { elapsedText, momentText } from './time-text.ts';

/** All that is known of a run, for a person. */
export function runDetails(report: RunReport, options: LinesOptions): string[] {
  const { run, outcome, steps } = report;
  const jobs = Object.entries(steps).flatMap(([id, step]) =>
    step.job ? ['', ...jobLines(id, step, step.job, options)] : [],
  );
  const endedAt = run.endedAt === undefined ? options.now : new Date(run.endedAt);
  const took = elapsedText(endedAt.getTime() - Date.parse(run.startedAt));
  return [
    ...runLines([{ report, expectedEnds: expectedEndsAtFirstLook(report, options.now) }], options),
    '',
    ...factLines([
      ['outcome', outcome ?? 'none yet: the run goes on'],
      ['started', `${momentText(run.startedAt)} by ${run.trigger}`],
      ['replay of', run.replay?.of],
      ['reason', run.replay?.reason],
      ['ended', run.endedAt && momentText(run.endedAt)],
      [outcome ? 'took' : 'running for', took],
    ]),
    ...jobs,
  ];
}

function jobLines(id: string, step: StepReport, job: JobReport, { paint }: LinesOptions): string[] {
  const facts = factLines([
    ['service', `${job.service} in ${job.region}`],
    ['job', job.adopted ? `${job.id} (existed already and was taken over)` : job.id],
    ['ARN', job.arn],
    ['status', job.rawStatus],
    ['message', job.message],
    ['cause', step.cause],
    ['proven', job.verification && verificationText(job.verification)],
    ['records', recordsText(job.records) || undefined],
    ['results', job.outputUri],
    ['submitted', momentText(job.submittedAt)],
    ['started', job.startedAt && momentText(job.startedAt)],
    ['ended', job.endedAt && momentText(job.endedAt)],
    ['stopped by', job.stoppedBy && (job.stoppedBy === 'us' ? 'Nightscore' : 'somebody else')],
  ]);
  return [paint('bold', id), ...facts];
}

function factLines(facts: readonly (readonly [name: string, value: string | undefined])[]): string[] {
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(12)}${oneLine(value)}`]));
}

function verificationText({ files, records, problems }: Verification): string {
  const read = `${records.total} records in ${files} ${files === 1 ? 'file' : 'files'}, ${records.invalid} invalid`;
  return problems.length === 0 ? `yes: ${read}` : `no, ${problems.length} problems: ${read}`;
}
