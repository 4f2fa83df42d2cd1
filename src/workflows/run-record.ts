import { log, setCurrentDetails, upsertMemo, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { PipelineDefinition } from '../pipeline/definition.ts';
import type { RunOutcome, StepOutcome } from '../pipeline/outcome.ts';
import { RUN_REPORT_VERSION, type RunReport, type StepReport } from '../pipeline/report.ts';
import { periodOfKey } from '../pipeline/run-key.ts';
import { SEARCH_ATTRIBUTE_KEYS } from '../temporal/search-attribute-keys.ts';
import { detailsTable } from './details-table.ts';
import type { RunPipelineInput } from './run-pipeline.ts';

/** Temporal refuses a search attribute over 2 KB; ids are at most 64 bytes. */
const MAX_JOBS_FINDABLE = 25;

/** What is known of a run, kept where people and programs look for it: query, Temporal's UI, memo and search attributes. */
export class RunRecord {
  readonly report: RunReport;

  constructor(input: RunPipelineInput) {
    const { workflowId, startTime } = workflowInfo();
    const pipeline = typeof input.pipeline === 'string' ? input.pipeline : input.pipeline.name;
    const run = { id: workflowId, pipeline, key: input.key, trigger: input.trigger ?? 'temporal' };
    this.report = { version: RUN_REPORT_VERSION, run: { ...run, startedAt: startTime.toISOString() }, steps: {} };
  }

  /** The pipeline is known: every step is waiting. */
  planned(definition: PipelineDefinition): void {
    const { run, steps } = this.report;
    const period = periodOf(definition, run.key);
    if (period !== undefined) run.period = period;
    for (const [id, { uses }] of Object.entries(definition.steps)) steps[id] = { uses, state: 'waiting', attempt: 0 };
    const services = [...new Set(Object.values(definition.steps).map(({ uses }) => uses))];
    upsertSearchAttributes([
      { key: SEARCH_ATTRIBUTE_KEYS.pipeline, value: run.pipeline },
      { key: SEARCH_ATTRIBUTE_KEYS.period, value: run.key },
      { key: SEARCH_ATTRIBUTE_KEYS.status, value: 'running' },
      { key: SEARCH_ATTRIBUTE_KEYS.services, value: services },
    ]);
    this.#show();
  }

  /** Something changed in what is known of a step that goes on. */
  stepChanged(id: string, change: Partial<StepReport>): void {
    const before = this.report.steps[id];
    if (!before) return;
    this.report.steps[id] = { ...before, ...change };
    if (change.job && change.job.id !== before.job?.id) this.#makeJobsFindable();
    this.#show();
  }

  stepEnded(id: string, end: Pick<StepReport, 'outcome' | 'attempt' | 'job' | 'error'>): void {
    this.stepChanged(id, { ...end, state: 'ended' });
    const { outcome, attempt, job, error } = end;
    log[outcome === 'succeeded' ? 'info' : 'warn']('Step ended', { run: this.report.run.id, step: id, outcome, attempt, job: job?.id, error });
  }

  stepOutcomes(): StepOutcome[] {
    return Object.values(this.report.steps).flatMap(({ outcome }) => outcome ?? []);
  }

  end(outcome: RunOutcome, error?: string): void {
    this.report.outcome = outcome;
    this.report.run.endedAt = new Date().toISOString();
    if (error !== undefined) this.report.error = error;
    log[outcome === 'succeeded' ? 'info' : 'warn']('Run ended', { run: this.report.run.id, outcome, error });
    upsertSearchAttributes([{ key: SEARCH_ATTRIBUTE_KEYS.status, value: outcome }]);
    upsertMemo({ report: this.report });
    this.#show();
  }

  #makeJobsFindable(): void {
    const jobs = Object.values(this.report.steps).flatMap(({ job }) => job?.id ?? []);
    upsertSearchAttributes([{ key: SEARCH_ATTRIBUTE_KEYS.jobs, value: jobs.slice(-MAX_JOBS_FINDABLE) }]);
  }

  #show(): void {
    setCurrentDetails(detailsTable(this.report));
  }
}

function periodOf(definition: PipelineDefinition, key: string): string | undefined {
  const period = definition.period ?? 'day';
  return period === 'none' ? undefined : periodOfKey(period, key).start;
}
