import type { Json, Params, PipelineDefinition } from '../definition.ts';
import type { StepOutcome } from '../outcome.ts';
import type { StepReport } from '../report.ts';
import { periodOfKey, runKey } from '../run-key.ts';
import { zoneOf } from '../zone.ts';

/** What expressions see as `run`. All of it follows from the run key, so that a replay of the run sees the same. */
export interface RunValues {
  /** The run key. */
  id: string;
  pipeline: string;
  key: string;
  /** The pipeline's IANA zone. */
  timezone: string;
  /** The day, `2026-11-20`; daily and hourly pipelines only. */
  date?: string;
  /** The hour on the clock of the zone, `00` to `23`; hourly pipelines only. */
  hour?: string;
  /** When the hour starts, `2026-11-20T02:00:00+01:00`; hourly pipelines only. */
  start?: string;
}

/** What a follow-up hands to the steps after it, by name. Its numbers are integers. */
export type StepOutputs = Readonly<Record<string, string | number | boolean>>;

/** What expressions see as `steps.<id>` of a step that has ended. */
export type StepValues = { readonly outcome: StepOutcome } & { readonly [name: string]: Json | undefined };

export interface ExpressionContext {
  run: RunValues;
  params: Params;
  /** As the pipeline declares them: this tells whether 3 is an integer or a number. */
  paramDefinitions: PipelineDefinition['params'];
  /** Exactly the direct and indirect needs of the step, all of which have ended. */
  steps: Readonly<Record<string, StepValues>>;
}

/** The `run` that expressions of a pipeline's run see. */
export function runValues(definition: PipelineDefinition, key: string): RunValues {
  const { name, period = 'day' } = definition;
  const base = { id: runKey(name, key), pipeline: name, key, timezone: zoneOf(definition) };
  if (period === 'none') return base;
  const { date, hour, start } = periodOfKey(period, key);
  return hour === undefined ? { ...base, date } : { ...base, date, hour, start };
}

/** The `steps.<id>` that expressions see of a step which has ended. `message`, `error` and `cause` are empty rather than absent. */
export function stepValues(report: StepReport, outputs: StepOutputs = {}): StepValues {
  const { outcome, attempt, job, error = '', cause = '' } = report;
  if (!outcome)
    throw new Error(`Expressions can see steps that have ended only; this one (${report.uses}) is ${report.state}`);
  const { id: jobId, outputUri, records, message = error } = job ?? {};
  return { ...outputs, outcome, attempt, message, error, cause, jobId, outputUri, records: { ...records } };
}
