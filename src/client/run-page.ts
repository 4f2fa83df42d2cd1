import { createHash } from 'node:crypto';
import {
  isGrpcServiceError,
  type Client,
  type WorkflowExecutionInfo,
  type WorkflowExecutionStatusName,
} from '@temporalio/client';
import { requiredTsToDate, optionalTsToDate } from '@temporalio/common/lib/time.js';
import { InvalidInputError } from './errors.ts';
import { summaryOf, type RunSummary } from './run-summary.ts';

type RawInfo = WorkflowExecutionInfo['raw'];

export interface RunPageOptions {
  /** At most so many runs. */
  limit: number;
  /** Where the page before ended: its `next`. The first page when absent. */
  cursor?: string;
}

export interface RunPage {
  runs: RunSummary[];
  /** Cursor of the next page; absent on the last one. */
  next?: string;
}

const NO_CURSOR = 'The cursor is none: give the `next` of the page before, as it is.';

/** Status of gRPC. */
const INVALID_ARGUMENT: unknown = 3;

/** One page of Temporal's list. A cursor is Temporal's own page token in a form that fits into a URL, so nothing is kept between pages. */
export async function readRunPage(client: Client, query: string, { limit, cursor }: RunPageOptions): Promise<RunPage> {
  const nextPageToken = cursor === undefined ? undefined : tokenOf(cursor);
  const { namespace } = client.options;
  const page = await client.workflowService
    .listWorkflowExecutions({ namespace, query, pageSize: limit, ...(nextPageToken && { nextPageToken }) })
    .catch((error: unknown) => {
      const isOurs = isGrpcServiceError(error) && error.code === INVALID_ARGUMENT;
      throw isOurs ? new InvalidInputError([`Temporal cannot list this: ${error.details}`]) : error;
    });
  const runs = page.executions.flatMap((raw) => rowOf(raw) ?? []);
  const token = Buffer.from(page.nextPageToken ?? []);
  return { runs, ...(token.length > 0 && { next: cursorOf(token) }) };
}

/** Temporal's numbers of the statuses: WorkflowExecutionStatus of its API. */
const STATUS_NAMES: readonly WorkflowExecutionStatusName[] = [
  'UNSPECIFIED',
  'RUNNING',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'TERMINATED',
  'CONTINUED_AS_NEW',
  'TIMED_OUT',
];

/** The SDK lists without letting its page tokens out, so rows are read from the API's own form here. */
function rowOf({ execution, status, startTime, closeTime }: RawInfo): RunSummary | undefined {
  const code = status ?? 0;
  const closedAt = optionalTsToDate(closeTime);
  return summaryOf({
    workflowId: execution?.workflowId ?? '',
    runId: execution?.runId ?? '',
    status: { code, name: STATUS_NAMES[code] ?? 'UNKNOWN' },
    startTime: requiredTsToDate(startTime, 'startTime'),
    ...(closedAt && { closeTime: closedAt }),
  });
}

const CHECK_BYTES = 6;

/** The token and a check of it: Temporal answers a token that is none like a failure of its own, and its client would try it again and again. */
function cursorOf(token: Buffer): string {
  return Buffer.concat([checkOf(token), token]).toString('base64url');
}

function tokenOf(cursor: string): Buffer {
  const bytes = Buffer.from(cursor, 'base64url');
  const token = bytes.subarray(CHECK_BYTES);
  if (!checkOf(token).equals(bytes.subarray(0, CHECK_BYTES))) throw new InvalidInputError([NO_CURSOR]);
  return token;
}

function checkOf(token: Buffer): Buffer {
  return createHash('sha256').update(token).digest().subarray(0, CHECK_BYTES);
}
