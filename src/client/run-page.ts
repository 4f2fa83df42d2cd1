import { createHash } from 'node:crypto';
import {
  isGrpcServiceError,
  type Client,
  type WorkflowExecutionInfo,
  type WorkflowExecutionStatusName,
} from '@temporalio/client';
import { requiredTsToDate, optionalTsToDate } from '@temporalio/common/lib/time.js';
import { InvalidInputError } from './errors.ts';
import { RUNS_PER_ANSWER } from './page-size.ts';
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

/**
 * One page of the list of runs, of as many answers of Temporal as it takes. A cursor is Temporal's own page token in a form that fits into a
 * URL, so nothing is kept between pages.
 */
export async function readRunPage(client: Client, query: string, { limit, cursor }: RunPageOptions): Promise<RunPage> {
  const runs: RunSummary[] = [];
  let token = cursor === undefined ? Buffer.alloc(0) : tokenOf(cursor);
  for (let wanted = limit; wanted > 0;) {
    const pageSize = Math.min(wanted, RUNS_PER_ANSWER);
    const answer = await readAnswer(client, query, pageSize, token);
    runs.push(...answer.executions.flatMap((raw) => rowOf(raw) ?? []));
    token = Buffer.from(answer.nextPageToken ?? []);
    if (token.length === 0) return { runs };
    wanted -= pageSize;
  }
  return { runs, next: cursorOf(token) };
}

async function readAnswer(client: Client, query: string, pageSize: number, nextPageToken: Buffer) {
  const { namespace } = client.options;
  try {
    return await client.workflowService.listWorkflowExecutions({ namespace, query, pageSize, nextPageToken });
  } catch (error) {
    const isOurs = isGrpcServiceError(error) && error.code === INVALID_ARGUMENT;
    throw isOurs ? new InvalidInputError([`Temporal cannot list this: ${error.details}`]) : error;
  }
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
