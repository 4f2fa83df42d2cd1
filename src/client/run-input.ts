import { isGrpcServiceError, type Client } from '@temporalio/client';
import type { RunPipelineInput } from '../workflows/run-pipeline.ts';
import { RunNotFoundError } from './errors.ts';

/** Status of gRPC. */
const NOT_FOUND: unknown = 5;

/**
 * What a run was started with, whoever started it: Temporal keeps it in the first event of the history, so nothing has to be stored
 * beside it. Throws a RunNotFoundError.
 */
export async function readRunInput(client: Client, run: string): Promise<RunPipelineInput> {
  const { namespace, loadedDataConverter } = client.options;
  const { history } = await client.workflowService
    .getWorkflowExecutionHistory({ namespace, execution: { workflowId: run }, maximumPageSize: 1 })
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
