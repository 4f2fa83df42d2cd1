import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { RUNS_PER_ANSWER } from './page-size.ts';
import { quote } from './visibility-text.ts';

/** All Temporal runs under a run key that Temporal still keeps: the first one and its replays, in no order to rely on. */
export function runsUnder(client: Client, run: string): AsyncIterable<WorkflowExecutionInfo> {
  const query = `WorkflowType = 'runPipeline' AND WorkflowId = ${quote(run)}`;
  return client.workflow.list({ query, pageSize: RUNS_PER_ANSWER });
}
