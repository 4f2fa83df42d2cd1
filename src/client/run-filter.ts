import { STATUS_IN_TEMPORAL, type RunStatus } from './run-summary.ts';
import { anyOf, quote } from './visibility-text.ts';
import { parseWhere } from './where.ts';

/** Which runs to list; all of them when empty. */
export interface RunFilter {
  pipeline?: string;
  /** The period or key; where no pipeline is named, not of runs that a client of Temporal started and no worker has taken up yet. */
  key?: string;
  status?: RunStatus;
  /** Name of a service or follow-up that the run uses. */
  service?: string;
  /** Id of a job that the run started. */
  job?: string;
  startedAfter?: Date;
  /** Only runs of these pipelines. */
  ofPipelines?: readonly string[];
  /** Only these runs, by their run keys. */
  runs?: readonly string[];
  /** More conditions, as people write them: see `where.ts`. */
  where?: string;
}

/** The filter as a query of Temporal's visibility. */
export function visibilityQuery(filter: RunFilter): string {
  const { pipeline, key, ofPipelines } = filter;
  const limits = [...(pipeline === undefined ? [] : [[pipeline]]), ...(ofPipelines ? [ofPipelines] : [])];
  const equals: [attribute: string, value: string | undefined][] = [
    ['WorkflowType', 'runPipeline'],
    ['NightscorePeriod', limits.length > 0 ? undefined : key],
    ['ExecutionStatus', filter.status && STATUS_IN_TEMPORAL[filter.status]],
    ['NightscoreServices', filter.service],
    ['NightscoreJobs', filter.job],
  ];
  const terms = equals.flatMap(([attribute, value]) => (value === undefined ? [] : [`${attribute} = ${quote(value)}`]));
  for (const names of limits) terms.push(anyOf(names.map((name) => runsOf(name, key))));
  if (filter.startedAfter) terms.push(`StartTime >= ${quote(filter.startedAfter.toISOString())}`);
  if (filter.runs) terms.push(anyOf(filter.runs.map((run) => `WorkflowId = ${quote(run)}`)));
  if (filter.where !== undefined) terms.push(parseWhere(filter.where).query);
  return terms.join(' AND ');
}

/** By the workflow id, which nobody can forge and which is there from the start on; whoever starts a run may set its attributes, or none. */
function runsOf(pipeline: string, key: string | undefined): string {
  return key === undefined
    ? `WorkflowId STARTS_WITH ${quote(`${pipeline}/`)}`
    : `WorkflowId = ${quote(`${pipeline}/${key}`)}`;
}
