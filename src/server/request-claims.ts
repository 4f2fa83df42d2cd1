import { createHash } from 'node:crypto';
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { rememberRequest } from '../workflows/remember-request.ts';
import { ApiProblem } from './problems.ts';

/** A request that its caller has given a name, with the header `Idempotency-Key`. */
export interface NamedRequest {
  caller: string;
  pipeline: string;
  /** The header. */
  name: string;
}

/** What a request is for. */
export interface Claim {
  /** The run key. */
  run: string;
  /** Temporal run id of the run that is to be replayed; absent for a start. */
  of?: string;
  /** A hash of what that replay is to do; absent for a start, and in claims of versions that did not keep it. */
  asked?: string;
}

/** For one that no worker takes up; Temporal keeps it for its retention time after that. */
const RUN_TIMEOUT = '1 day';

/**
 * Remembers what named requests were for, so that one that is repeated means the same again, whatever has become of its run since. Temporal
 * keeps it, as the memo of a workflow whose id is the name: it lets exactly one of those that come at the same time have it.
 */
export class RequestClaims {
  readonly #client: Client;
  readonly #taskQueue: string;

  constructor({ client, taskQueue }: { client: Client; taskQueue: string }) {
    this.#client = client;
    this.#taskQueue = taskQueue;
  }

  /** Keeps what a request is for, unless the name was used before: then gives what for. */
  async claim(request: NamedRequest, claim: Claim): Promise<Claim | undefined> {
    try {
      await this.#client.workflow.start<typeof rememberRequest>('rememberRequest', {
        workflowId: idOf(request),
        taskQueue: this.#taskQueue,
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        workflowIdConflictPolicy: 'FAIL',
        workflowRunTimeout: RUN_TIMEOUT,
        memo: { ...claim },
      });
      return undefined;
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return this.find(request);
      throw error;
    }
  }

  /** What a name was used for, if it was. */
  async find(request: NamedRequest): Promise<Claim | undefined> {
    try {
      const { memo } = await this.#client.workflow.getHandle(idOf(request)).describe();
      return memo as Claim | undefined;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    }
  }
}

/** Names may be secrets of their callers, and longer than an id; a hash is neither. */
function idOf({ caller, pipeline, name }: NamedRequest): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([caller, pipeline, name]))
    .digest('hex');
  return `nightscore-request:${hash}`;
}

/** What to answer where a name was used for something else. `how` says in what that differs, where it is of the same run. */
export function nameWasUsed({ name }: NamedRequest, { run, of }: Claim, how = ''): ApiProblem {
  const use = of === undefined ? `run ${run}` : `a replay of run ${run}`;
  const detail = `The Idempotency-Key ${JSON.stringify(name)} was used for ${use}${how} before; nothing was changed. Give this request another one.`;
  return new ApiProblem('key-used', { detail });
}
