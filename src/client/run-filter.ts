import { STATUS_IN_TEMPORAL, type RunStatus } from './run-summary.ts';
import { anyOf, quote } from './visibility-text.ts';
import { parseWhere } from './where.ts';

/** Which runs to list; all of them when empty. */
export interface RunFilter {
  pipeline?: string;
  /** The period or key. */
  key?: string;
  status?: RunStatus;
  /** Name of a service or follow-up that the run uses. */
  service?: string;
  /** Id of a job that the run started. */
  job?: string;
  startedAfter?: Date;
  /** Only runs of these pipelines, also those that no worker has taken up yet. */
  ofPipelines?: readonly string[];
  /** Only these runs, by their run keys. */
  runs?: readonly string[];
  /** More conditions, as people write them: see `where.ts`. */
  where?: string;
}

/** The filter as a query of Temporal's visibility. */
export function visibilityQuery(filter: RunFilter): string {
  const equals: [attribute: string, value: string | undefined][] = [
    ['WorkflowType', 'runPipeline'],
    ['NightscorePipeline', filter.pipeline],
    ['NightscorePeriod', filter.key],
    ['ExecutionStatus', filter.status && STATUS_IN_TEMPORAL[filter.status]],
    ['NightscoreServices', filter.service],
    ['NightscoreJobs', filter.job],
  ];
  const terms = equals.flatMap(([attribute, value]) => (value === undefined ? [] : [`${attribute} = ${quote(value)}`]));
  if (filter.startedAfter) terms.push(`StartTime >= ${quote(filter.startedAfter.toISOString())}`);
  // By the workflow id, which nobody can forge and which is there from the start on; attributes are written by the run itself.
  if (filter.ofPipelines)
    terms.push(anyOf(filter.ofPipelines.map((name) => `WorkflowId STARTS_WITH ${quote(`${name}/`)}`)));
  if (filter.runs) terms.push(anyOf(filter.runs.map((run) => `WorkflowId = ${quote(run)}`)));
  if (filter.where !== undefined) terms.push(parseWhere(filter.where).query);
  return terms.join(' AND ');
}
