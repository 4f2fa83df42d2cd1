import type { SearchAttributePair } from '@temporalio/common';
import { log, setCurrentDetails, upsertMemo, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { PipelineDefinition } from '../pipeline/definition.ts';
import { stepValues, type StepValues } from '../pipeline/expressions/expression-context.ts';
import type { RunOutcome, StepOutcome } from '../pipeline/outcome.ts';
import { changedSources, resultOf, type EarlierStep, type Way } from '../pipeline/replay.ts';
import { shrinkReport } from '../pipeline/report-size.ts';
import { RUN_REPORT_VERSION, type JobReport, type RunReport, type StepReport } from '../pipeline/report.ts';
import { periodOfKey } from '../pipeline/run-key.ts';
import { SEARCH_ATTRIBUTE_KEYS } from '../temporal/search-attribute-keys.ts';
import { detailsTable } from './details-table.ts';
import type { RunPipelineInput } from './run-pipeline.ts';

/** Temporal refuses a search attribute over 2 KB; ids are at most 64 bytes. The latest jobs are kept. */
const MAX_JOBS_FINDABLE = 25;

/** How a step ended, and what it hands on to the steps after it. */
export interface StepEnd extends Pick<
  StepReport,
  'attempt' | 'job' | 'error' | 'cause' | 'unproven' | 'warnings' | 'outputs' | 'reused'
> {
  outcome: StepOutcome;
}

/** What is known of a run, kept where people and programs look for it: query, Temporal's UI, memo and search attributes. */
export class RunRecord {
  readonly report: RunReport;
  /** The pipeline, once it is known. */
  definition: PipelineDefinition | undefined;
  readonly #earlier: Readonly<Record<string, EarlierStep>>;
  readonly #jobs = new Set<string>();

  constructor({ pipeline, key, trigger = 'temporal', replay }: RunPipelineInput) {
    const { workflowId, startTime } = workflowInfo();
    const name = typeof pipeline === 'string' ? pipeline : pipeline.name;
    const run = { id: workflowId, pipeline: name, key, trigger, startedAt: startTime.toISOString() };
    const { steps: earlier = {}, ...told } = replay ?? {};
    this.#earlier = earlier;
    this.report = {
      version: RUN_REPORT_VERSION,
      run: { ...run, ...(replay && { replay: { ...told, of: replay.of } }) },
      steps: {},
    };
  }

  /** The pipeline is known: every step is waiting. */
  planned(definition: PipelineDefinition): void {
    this.definition = definition;
    const { run, steps } = this.report;
    const period = periodOf(definition, run.key);
    if (period !== undefined) run.period = period;
    for (const [id, { uses }] of Object.entries(definition.steps)) {
      const earlier = this.#earlier[id];
      steps[id] = { uses, state: 'waiting', attempt: 0, ...(earlier && { earlier }) };
    }
    const services = [...new Set(Object.values(definition.steps).map(({ uses }) => uses))];
    this.#makeFindable('running', [{ key: SEARCH_ATTRIBUTE_KEYS.services, value: services }]);
    this.#show();
  }

  /** What earlier runs left of steps that the pipeline does not have now: it may have them again some day. */
  get leftOfOthers(): Record<string, EarlierStep> {
    const others = Object.entries(this.#earlier).filter(([id]) => !Object.hasOwn(this.report.steps, id));
    return Object.fromEntries(others);
  }

  /** What steps that have ended have made, by step: see `resultOf`. */
  resultsOf(steps: readonly string[]): Record<string, string> {
    const { runId } = workflowInfo();
    const results = steps.flatMap((id) => {
      const step = this.report.steps[id];
      return step ? [[id, resultOf(step, runId)] as const] : [];
    });
    return Object.fromEntries(results);
  }

  /**
   * What the earlier runs left of a step, and which of its sources have made something else than it was built on.
   *
   * @param builtOn what its sources have made by now
   */
  beforeStep(
    id: string,
    builtOn: Readonly<Record<string, string>>,
  ): { earlier: EarlierStep | undefined; redoneSources: string[] } {
    const earlier = this.#earlier[id];
    return { earlier, redoneSources: changedSources(earlier, builtOn, this.#earlier) };
  }

  /** A step begins: with a new job attempt, or with the job that it has. */
  stepBegins(id: string, way: Way, { inputHash, builtOn }: Required<Pick<StepReport, 'inputHash' | 'builtOn'>>): void {
    const step = this.report.steps[id];
    if (!step) return;
    const { earlier, ...now } = step;
    const { job, earlierJobs = [] } = earlier ?? {};
    const ended = [...earlierJobs, ...(way === 'again' && job ? [job] : [])];
    this.report.steps[id] = {
      ...now,
      inputHash,
      ...(Object.keys(builtOn).length > 0 && { builtOn }),
      ...(ended.length > 0 && { earlierJobs: ended }),
    };
    // Whatever becomes of the attempt to take the job over, it is not forgotten.
    if (way === 'adopt' && job) this.stepChanged(id, { job });
  }

  /** Something changed in what is known of a step. */
  stepChanged(id: string, change: Partial<StepReport>): void {
    const before = this.report.steps[id];
    if (!before) return;
    const newJob = change.job?.id === before.job?.id ? undefined : change.job;
    const isNextAttempt = before.attempt > 0 && (change.attempt ?? before.attempt) > before.attempt;
    const isOver = before.job !== undefined && (newJob !== undefined || isNextAttempt);
    const { job, ...others } = before;
    this.report.steps[id] = {
      ...(isOver ? { ...others, earlierJobs: [...(others.earlierJobs ?? []), job as JobReport] } : before),
      ...change,
    };
    if (newJob) this.#makeJobFindable(newJob.id);
    this.#show();
  }

  stepEnded(id: string, end: StepEnd): void {
    this.stepChanged(id, { ...end, state: 'ended' });
    const { outcome, attempt, job, error, cause } = end;
    const level = outcome === 'succeeded' || outcome === 'skipped' ? 'info' : 'warn';
    log[level]('Step ended', { run: this.report.run.id, step: id, outcome, attempt, job: job?.id, cause, error });
  }

  /** What expressions see of steps that have ended. */
  valuesOf(steps: readonly string[]): Record<string, StepValues> {
    const values = steps.flatMap((id) => {
      const step = this.report.steps[id];
      return step ? [[id, stepValues(step, step.outputs)] as const] : [];
    });
    return Object.fromEntries(values);
  }

  stepOutcomes(): StepOutcome[] {
    return Object.values(this.report.steps).flatMap(({ outcome }) => outcome ?? []);
  }

  end(outcome: RunOutcome, error?: string): void {
    this.report.outcome = outcome;
    this.report.run.endedAt = new Date().toISOString();
    if (error !== undefined) this.report.error = error;
    log[outcome === 'succeeded' ? 'info' : 'warn']('Run ended', { run: this.report.run.id, outcome, error });
    this.#makeFindable(outcome);
    shrinkReport(this.report);
    upsertMemo({ report: this.report });
    this.#show();
  }

  #makeFindable(status: 'running' | RunOutcome, more: SearchAttributePair[] = []): void {
    const { pipeline, key } = this.report.run;
    upsertSearchAttributes([
      { key: SEARCH_ATTRIBUTE_KEYS.pipeline, value: pipeline },
      { key: SEARCH_ATTRIBUTE_KEYS.period, value: key },
      { key: SEARCH_ATTRIBUTE_KEYS.status, value: status },
      ...more,
    ]);
  }

  #makeJobFindable(id: string): void {
    this.#jobs.add(id);
    upsertSearchAttributes([{ key: SEARCH_ATTRIBUTE_KEYS.jobs, value: [...this.#jobs].slice(-MAX_JOBS_FINDABLE) }]);
  }

  #show(): void {
    setCurrentDetails(detailsTable(this.report));
  }
}

function periodOf(definition: PipelineDefinition, key: string): string | undefined {
  const period = definition.period ?? 'day';
  return period === 'none' ? undefined : periodOfKey(period, key).start;
}
