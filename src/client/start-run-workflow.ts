import {
  isGrpcServiceError,
  type Client,
  type WorkflowHandleWithFirstExecutionRunId,
  type WorkflowStartOptions,
} from '@temporalio/client';
import { parseRunKey } from '../pipeline/run-key.ts';
import { SEARCH_ATTRIBUTE_KEYS } from '../temporal/search-attribute-keys.ts';
import type { runPipeline, RunPipelineInput } from '../workflows/run-pipeline.ts';

/** Status of gRPC. */
const INVALID_ARGUMENT: unknown = 3;

export interface RunStart extends Pick<WorkflowStartOptions, 'memo' | 'taskQueue'> {
  /** The run key. */
  run: string;
  input: RunPipelineInput;
  /** Whether an earlier run under the key, which has ended, may be gone on from. */
  isReplay: boolean;
}

/**
 * Starts the workflow of a run, with the attribute that the runs of a night are found by, also where no worker ran. The pipeline is
 * found by the workflow id. Throws what the client of Temporal
 * throws, a WorkflowExecutionAlreadyStartedError for one.
 */
export async function startRunWorkflow(
  client: Client,
  { run, input, isReplay, ...options }: RunStart,
): Promise<WorkflowHandleWithFirstExecutionRunId<typeof runPipeline>> {
  const { key } = parseRunKey(run);
  const start = (typedSearchAttributes: NonNullable<WorkflowStartOptions['typedSearchAttributes']>) =>
    client.workflow.start<typeof runPipeline>('runPipeline', {
      ...options,
      workflowId: run,
      args: [input],
      workflowIdReusePolicy: isReplay ? 'ALLOW_DUPLICATE' : 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
      typedSearchAttributes,
    });
  try {
    return await start([{ key: SEARCH_ATTRIBUTE_KEYS.period, value: key }]);
  } catch (error) {
    if (!isOfUnknownAttribute(error)) throw error;
    // The first worker registers them, and the run sets them then.
    return start([]);
  }
}

function isOfUnknownAttribute(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (isGrpcServiceError(error)) return error.code === INVALID_ARGUMENT && /search attribute/i.test(error.details);
  return isOfUnknownAttribute(error.cause);
}
