import { readFile } from 'node:fs/promises';
import type { NightscoreClient } from '../../client/nightscore-client.ts';
import type { JobReport, RunReport, StepReport } from '../../pipeline/report.ts';
import { loadPipelineFile, pipelineFiles } from '../../pipeline-files.ts';
import { createS3Client } from '../../services/s3-client.ts';
import type { Settings } from '../../settings.ts';
import { areaUnderCurve } from './area-under-curve.ts';
import { callsOfJob, readLedger, type AwsCall } from './aws-calls.ts';
import { withTemporal } from '../runs/connect.ts';
import { jobSummaryLines, type JobSummary } from './job-summary.ts';
import { followRuns } from '../runs/follow-runs.ts';
import type { LocalStack } from '../local/stack.ts';
import { print } from '../process/output.ts';
import { TUMOR_LABELS } from '../local/packaged-examples.ts';
import { paintFor } from '../view/paint.ts';
import { readResultFiles, type ResultFile } from './result-files.ts';
import { countRecords, machineLearningScores } from './result-records.ts';
import { errorLines } from '../view/run-lines.ts';
import { chosenKey } from '../../client/run-period.ts';
import { columnsOf } from '../view/terminal-size.ts';

/** The demo ran to its end, but not everything succeeded. */
export class DemoFailedError extends Error {
  override readonly name = 'DemoFailedError';

  constructor(problems: readonly string[]) {
    super(`The demo did not succeed:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/** The example whose true labels are known. */
const LABELLED_PIPELINE = 'tumor-screening';

/** Runs all example pipelines at once, shows how they go and what came out. Throws a DemoFailedError unless everything really succeeded. */
export async function runExamples(stack: LocalStack, settings: Settings, signal: AbortSignal): Promise<void> {
  await withTemporal(stack.temporal, settings.taskQueue, async ({ client }) => {
    print(`While the demo lasts, the runs can be watched in Temporal's web UI as well:\n${stack.webUi}\n`);
    const runs = await startAll(client, settings.pipelinesFolder);
    const reports = await followRuns(client, runs, { stream: process.stdout, signal });
    const ledger = await readLedger(stack.endpoint);
    const summaries = await summarise(reports, ledger);
    const options = { now: new Date(), columns: columnsOf(process.stdout), paint: paintFor(process.stdout) };
    for (const summary of summaries) print(['', ...jobSummaryLines(summary, options)].join('\n'));
    const problems = [...reports.flatMap(problemsOfRun), ...summaries.flatMap(problemsOfJob)];
    if (problems.length > 0) throw new DemoFailedError(problems);
  });
}

async function startAll(client: NightscoreClient, folder: string): Promise<string[]> {
  const runs: string[] = [];
  for (const file of await pipelineFiles(folder)) {
    const definition = await loadPipelineFile(file);
    const key = chosenKey(definition, {}, new Date());
    const { run } = await client.start({ pipeline: definition, key, trigger: 'demo' });
    runs.push(run);
  }
  return runs;
}

async function summarise(reports: readonly RunReport[], ledger: readonly AwsCall[]): Promise<JobSummary[]> {
  const s3 = createS3Client();
  try {
    const jobs = reports.flatMap(({ run, steps }) =>
      Object.entries(steps).flatMap(([step, report]) => (hasJob(report) ? [{ run, step, report }] : [])),
    );
    return await Promise.all(
      jobs.map(async (job) => summaryOf(job, ledger, await readResultFiles(s3, job.report.job))),
    );
  } finally {
    s3.destroy();
  }
}

async function summaryOf(
  { run, step, report }: { run: RunReport['run']; step: string; report: JobSummary['report'] },
  ledger: readonly AwsCall[],
  files: readonly ResultFile[],
): Promise<JobSummary> {
  const { job } = report;
  const texts = files.map(({ text }) => text);
  return {
    run: run.id,
    step,
    report,
    files,
    counted: countRecords(job.service, texts),
    calls: callsOfJob(job.id, ledger),
    ...(run.pipeline === LABELLED_PIPELINE && { areaUnderCurve: await areaOf(texts.join('')) }),
  };
}

/** How well the scores of the labelled example tell its labels apart. */
async function areaOf(result: string): Promise<number> {
  const [, ...labels] = (await readFile(TUMOR_LABELS, 'utf8')).trimEnd().split('\n');
  const scores = machineLearningScores(result).map((score) => score ?? Number.NaN);
  return areaUnderCurve(
    labels.map((label) => label.trim() === '1'),
    scores,
  );
}

function hasJob(report: StepReport): report is StepReport & { job: JobReport } {
  return report.job !== undefined;
}

function problemsOfRun(report: RunReport): string[] {
  const { run, outcome } = report;
  return outcome === 'succeeded' ? [] : [[`run ${run.id} ended ${outcome}`, ...errorLines(report)].join('\n      ')];
}

function problemsOfJob({ run, step, report, counted, files }: JobSummary): string[] {
  const { total } = report.job.records ?? {};
  if (files.length === 0) return [`${run} ${step} left no result file`];
  if (total === undefined || counted?.total === total) return [];
  return [`${run} ${step} processed ${total} records, but its result files have ${counted?.total}`];
}
