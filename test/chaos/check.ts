import type { RunReport, StepReport } from '../../src/pipeline/report.ts';
import { jobIdOf, type PlannedRun } from './plan.ts';
import type { TrueJob, Truth } from './truth.ts';

/** States in which each outcome may find its job; an outcome that is not here is told of no job. */
const STATES_OF_OUTCOME: Record<string, readonly string[]> = {
  succeeded: ['succeeded'],
  failed: ['failed'],
  stopped: ['stopped', 'deleted'],
};

/** Clocks of one machine, but moments are rounded on the way. */
const SLACK_MS = 50;

/** That a step can come to: two in the run, and two in its replay. */
const ATTEMPTS = [1, 2, 3, 4];

/** Everything in which what was told differs from what is true, each in a sentence. */
export function findViolations(runs: readonly PlannedRun[], reports: ReadonlyMap<string, RunReport>, truth: Truth) {
  const told = [...reports.values()].map((report) => JSON.stringify(report));
  return [
    ...runs.flatMap((run) => checkRun(run, reports.get(run.id), truth)),
    ...truth.jobs
      .filter(({ id }) => !told.some((text) => text.includes(id)))
      .map(({ service, id, state }) => `${service} job ${id} (${state}) is in no report.`),
    ...jobsCreatedTwice(truth),
  ];
}

function jobsCreatedTwice({ calls }: Truth): string[] {
  const creates = new Map<string, number>();
  for (const { service, job, effect } of calls) {
    if (effect === 'created') creates.set(`${service} job ${job}`, (creates.get(`${service} job ${job}`) ?? 0) + 1);
  }
  return [...creates].flatMap(([job, count]) => (count > 1 ? [`${job} was created ${count} times.`] : []));
}

function checkRun(run: PlannedRun, report: RunReport | undefined, truth: Truth): string[] {
  if (!report) return [`Run ${run.id} has no report.`];
  if (report.outcome === undefined) return [`Run ${run.id} has not ended.`];
  const needless =
    run.mustSucceed && report.outcome !== 'succeeded'
      ? [
          `Run ${run.id} is told as ${report.outcome}, with nothing planned that keeps it from succeeding: ${reasons(report)}`,
        ]
      : [];
  const steps = Object.keys(run.pipeline.steps).flatMap((id) => {
    const step = report.steps[id];
    if (!step?.outcome) {
      // A run that was cancelled before its pipeline was loaded knows no steps.
      const jobs = jobsOf(run, id, truth);
      if (report.outcome === 'cancelled' && jobs.length === 0) return [];
      return [`Run ${run.id}, step ${id}: has no outcome, and ${jobs.length} jobs.`];
    }
    return checkStep(run, id, step, report, truth);
  });
  return [...needless, ...steps];
}

function reasons(report: RunReport): string {
  const steps = Object.entries(report.steps).map(([id, { outcome, error }]) => `${id} ${outcome} (${error ?? ''})`);
  return [report.error ?? '', ...steps].filter(Boolean).join('; ');
}

function checkStep(run: PlannedRun, id: string, step: StepReport, report: RunReport, truth: Truth): string[] {
  const where = `Run ${run.id}, step ${id}`;
  const jobs = jobsOf(run, id, truth);
  const named = [...(step.earlierJobs ?? []), ...(step.job ? [step.job] : [])];
  const unmade = named.filter((job) => truth.calls.every((call) => call.job !== job.id || call.effect !== 'created'));
  return [
    ...unmade.map((job) => `${where}: the report names job ${job.id}, which was never created.`),
    ...paidForNothing(run, id, jobs).map((text) => `${where}: ${text}`),
    ...outcomeAgainst(jobs, step).map((text) => `${where}: ${text} The report says: ${step.error ?? 'no error'}`),
    ...jobs
      .filter((job) => step.outcome !== 'left-running' && job.fate !== 'vanishes' && ranAtEnd(job, report))
      .map((job) => `${where}: job ${job.id} still ran when the run ended, but the step is ${step.outcome}.`),
  ];
}

/** A further job is paid for only where the one before it did not succeed, and did not run any more. */
function paidForNothing(run: PlannedRun, step: string, jobs: readonly TrueJob[]): string[] {
  const inOrder = ATTEMPTS.flatMap((attempt) => {
    const id = jobIdOf(run.pipeline.steps[step]!.uses, run.id, step, attempt);
    return jobs.find((job) => job.id === id) ?? [];
  });
  return inOrder.slice(1).flatMap((job, index) => {
    const { id, state, fate = '', endedAt } = inOrder[index]!;
    if (fate === 'vanishes' || fate.startsWith('results-')) return [];
    const hadEnded = endedAt !== undefined && Date.parse(endedAt) <= Date.parse(job.createdAt) + SLACK_MS;
    if (state !== 'succeeded' && hadEnded) return [];
    return [`job ${job.id} was paid for although job ${id} ${hadEnded ? 'had succeeded' : 'had not ended'}.`];
  });
}

function outcomeAgainst(jobs: readonly TrueJob[], { outcome, job: told, earlierJobs = [] }: StepReport): string[] {
  const states = STATES_OF_OUTCOME[outcome ?? ''];
  if (states) {
    const job = jobs.find(({ id }) => id === told?.id);
    if (job && states.includes(job.state)) return [];
    // Results that are not what they should be fail a step whose job succeeded.
    if (outcome === 'failed' && job?.state === 'succeeded' && job.fate?.startsWith('results-')) return [];
    return [
      `it is told as ${outcome}, but job ${told?.id ?? 'without id'} is ${job?.state ?? 'unknown to its service'}.`,
    ];
  }
  // What was left running may have ended since.
  if (outcome === 'left-running') return [];
  if (outcome === 'lost' && jobs.some(({ fate }) => fate === 'vanishes')) return [];
  if (outcome === 'lost') return [`it is told as lost, but job ${told?.id} is ${jobs[0]?.state}.`];
  const unknown = jobs.filter(({ id }) => earlierJobs.every((earlier) => earlier.id !== id));
  return unknown.map(({ id, state }) => `it is told as ${outcome}, but job ${id} exists (${state}).`);
}

/** The true jobs of a step, of all job attempts that a chaos run can come to. */
function jobsOf(run: PlannedRun, step: string, truth: Truth): TrueJob[] {
  const { uses } = run.pipeline.steps[step]!;
  const ids = ATTEMPTS.map((attempt) => jobIdOf(uses, run.id, step, attempt));
  return truth.jobs.filter(({ id }) => ids.includes(id));
}

function ranAtEnd({ endedAt }: TrueJob, { run }: RunReport): boolean {
  if (run.endedAt === undefined) return false;
  return endedAt === undefined || Date.parse(endedAt) > Date.parse(run.endedAt) + SLACK_MS;
}
