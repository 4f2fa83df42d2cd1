import { isGrpcServiceError, type Client, type WorkflowExecutionInfo } from '@temporalio/client';
import type { RunPipelineInput } from '../workflows/run-pipeline.ts';
import { RunNotFoundError } from './errors.ts';
import { runsUnder } from './runs-under.ts';

/** Status of gRPC. */
const NOT_FOUND: unknown = 5;

/**
 * What a run was started with, whoever started it: Temporal keeps it in the first event of the history, so nothing has to be stored
 * beside it. Without a Temporal run id, that of the latest run under the key. Throws a RunNotFoundError.
 */
export async function readRunInput(client: Client, run: string, runId?: string): Promise<RunPipelineInput> {
  const { namespace, loadedDataConverter } = client.options;
  const { history } = await client.workflowService
    .getWorkflowExecutionHistory({
      namespace,
      execution: { workflowId: run, ...(runId !== undefined && { runId }) },
      maximumPageSize: 1,
    })
    .catch((error: unknown) => {
      const isUnknown = isGrpcServiceError(error) && error.code === NOT_FOUND;
      throw isUnknown ? new RunNotFoundError(run) : error;
    });
  let payloads = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  for (const codec of loadedDataConverter.payloadCodecs) payloads = await codec.decode(payloads);
  const [payload] = payloads;
  if (!payload) throw new RunNotFoundError(run);
  return loadedDataConverter.payloadConverter.fromPayload<RunPipelineInput>(payload);
}

/** What the first run under a run key was started with, of those that Temporal still keeps. Throws a RunNotFoundError. */
export async function readFirstRunInput(client: Client, run: string): Promise<RunPipelineInput> {
  let first: WorkflowExecutionInfo | undefined;
  for await (const info of runsUnder(client, run)) if (!first || info.startTime < first.startTime) first = info;
  return readRunInput(client, run, first?.runId);
}
