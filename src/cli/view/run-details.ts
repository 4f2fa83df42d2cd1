import type { RunStatus } from '../../client/run-summary.ts';
import type { JobReport, RunReport, StepReport } from '../../pipeline/report.ts';
import { hasResults } from '../../pipeline/run-outcome.ts';
import { problemText, readText, type Verification } from '../../pipeline/verification.ts';
import { counted, grouped } from '../../pipeline/wording.ts';
import { expectedEndsAtFirstLook } from './expected-end.ts';
import { oneLine } from './one-line.ts';
import { leftRunningLines } from './outcome-lines.ts';
import { recordsText } from './records-text.ts';
import { runLines, type LinesOptions } from './run-lines.ts';
import { elapsedText, momentText } from './time-text.ts';

const PROBLEMS_SHOWN = 10;

/**
 * All that is known of a run, for a person.
 *
 * @param options with `status`, what Temporal says of a run that has ended: more than its outcome when it was ended from outside
 */
export function runDetails(report: RunReport, options: LinesOptions & { status?: RunStatus }): string[] {
  const { run, outcome, steps } = report;
  const jobs = Object.entries(steps).flatMap(([id, step]) =>
    [...(step.earlierJobs ?? []), ...(step.job ? [step.job] : [])].flatMap((job, index) => [
      '',
      options.paint('bold', step.attempt > 1 ? `${id} #${index + 1}` : id),
      ...factLines(job === step.job ? [...jobFacts(job), ...endFacts(step, job)] : jobFacts(job)),
    ]),
  );
  const endedAt = run.endedAt === undefined ? options.now : new Date(run.endedAt);
  const took = elapsedText(endedAt.getTime() - Date.parse(run.startedAt));
  return [
    ...runLines([{ report, expectedEnds: expectedEndsAtFirstLook(report, options.now) }], { ...options, whole: true }),
    '',
    ...factLines([
      ['outcome', outcome ? (options.status ?? outcome) : goingOnText(report)],
      ['started', `${momentText(run.startedAt)} by ${run.trigger}`],
      ['replay of', run.replay?.of],
      ['reason', run.replay?.reason],
      ['ended', run.endedAt && momentText(run.endedAt)],
      [outcome ? 'took' : 'running for', took],
    ]),
    ...(outcome ? leftRunningLines(steps).map((line) => options.paint('red', `  ${line}`)) : []),
    ...jobs,
  ];
}

function goingOnText({ run }: RunReport): string {
  return run.cancelRequested
    ? 'none yet: the run was asked to cancel, and goes on until its jobs have stopped'
    : 'none yet: the run goes on';
}

type Fact = readonly [name: string, value: string | undefined];

function jobFacts(job: JobReport): Fact[] {
  return [
    ['service', `${job.service} in ${job.region}`],
    ['job', job.adopted ? `${job.id} (existed already and was taken over)` : job.id],
    ['ARN', job.arn],
    ['status', job.rawStatus],
    ['message', job.message],
    ['records', recordsText(job) || undefined],
    ['submitted', momentText(job.submittedAt)],
    ['started', job.startedAt && momentText(job.startedAt)],
    ['ended', job.endedAt && momentText(job.endedAt)],
    ['stopped by', job.stoppedBy && (job.stoppedBy === 'us' ? 'Nightscore' : 'somebody else')],
  ];
}

/** What the last job of a step came to. */
function endFacts(step: StepReport, { outputUri, verification }: JobReport): Fact[] {
  return [
    ['cause', step.cause],
    ['results', hasResults(step) ? outputUri : undefined],
    ...(verification ? verificationFacts(verification) : []),
  ];
}

function verificationFacts(verification: Verification): Fact[] {
  const { records, problems } = verification;
  const read = `${readText(verification)}, ${grouped(records.invalid)} invalid`;
  const more = problems.length - PROBLEMS_SHOWN;
  return [
    ['proven', problems.length === 0 ? `yes: ${read}` : `no, ${counted(problems.length, 'problem')}: ${read}`],
    ...problems.slice(0, PROBLEMS_SHOWN).map((problem): Fact => ['problem', problemText(problem)]),
    ['', more > 0 ? `and ${counted(more, 'more problem')}: see them with --json` : undefined],
  ];
}

function factLines(facts: readonly Fact[]): string[] {
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(12)}${oneLine(value)}`]));
}
