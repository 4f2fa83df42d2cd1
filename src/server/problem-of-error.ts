import { WorkflowUpdateRPCTimeoutOrCancelledError, isGrpcServiceError } from '@temporalio/client';
import { basename } from 'node:path';
import { InvalidInputError, RunDiffersError, RunStateError } from '../client/errors.ts';
import { PipelineFileError, PipelineFolderError } from '../pipeline-files.ts';
import { formatProblem } from '../pipeline/validation/problem.ts';
import { lostConnectionText } from '../temporal/lost-connection.ts';
import { ApiProblem, PROBLEM_KINDS, type ProblemKind } from './problems.ts';

/** The kind of problem of each error that we throw ourselves, by its name. Their messages are written for people. */
const KINDS_OF_ERRORS: Readonly<Record<string, ProblemKind>> = {
  RunKeyError: 'invalid-request',
  RunNotFoundError: 'not-found',
  NoWorkerError: 'no-worker',
  PipelineNotFoundError: 'not-found',
  TemporalConnectionError: 'temporal-unavailable',
};

/** Fastify's own errors, by their codes; what we say of them names no inner thing. */
const KINDS_OF_CODES: Readonly<Record<string, { kind: ProblemKind; detail: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { kind: 'too-large', detail: 'A body may have at most 256 KB.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    kind: 'not-json',
    detail: 'Send the body as JSON, with the header `content-type: application/json`.',
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: { kind: 'invalid-request', detail: 'The body is empty: send JSON, for example {}.' },
  FST_ERR_CTP_INVALID_JSON_BODY: { kind: 'invalid-request', detail: 'The body is not valid JSON.' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    kind: 'invalid-request',
    detail: 'The body is not as long as its header `content-length` says.',
  },
  FST_ERR_MAX_PARAM_LENGTH: { kind: 'not-found', detail: 'A part of the path is longer than any name.' },
  FST_ERR_BAD_URL: { kind: 'not-found', detail: 'The path of the URL cannot be read.' },
};

/** Temporal's own refusals: it is there, and does not serve us. By status of gRPC. */
const REFUSALS: ReadonlyMap<unknown, string> = new Map([
  [7, 'Temporal does not permit this: the permissions of the server have to be mended.'],
  [16, 'Temporal does not know us: the credentials of the server have to be mended.'],
  [8, 'Temporal has too much to do now: try again a little later.'],
]);

const MAX_PROBLEMS = 20;
const MAX_PROBLEM_LENGTH = 1_000;

const RETRY_SOON = { 'retry-after': '2' };

/** What to answer to a request of this method that failed with this error; undefined for an error that nobody expected. */
export function problemOfError(error: Error, method: string): ApiProblem | undefined {
  if (error instanceof ApiProblem) return error;
  if (error instanceof InvalidInputError) return refusal(error);
  const kind = KINDS_OF_ERRORS[error.name];
  if (kind !== undefined) {
    const isForNow = PROBLEM_KINDS[kind].status === 503;
    return new ApiProblem(kind, { detail: error.message }, isForNow ? RETRY_SOON : {});
  }
  if (error instanceof PipelineFolderError) return noPipelines();
  if (error instanceof PipelineFileError) {
    const problems = fileProblems(error);
    return new ApiProblem('invalid-pipeline', { detail: problems.join('\n'), problems });
  }
  const known = 'code' in error ? KINDS_OF_CODES[String(error.code)] : undefined;
  if (known) return new ApiProblem(known.kind, { detail: known.detail });
  if (lostConnectionText(error) !== undefined)
    return unavailable(method === 'GET' ? SILENT : `${SILENT} ${MAY_BE_DONE}`);
  const refused = refusalText(error);
  if (refused !== undefined) return unavailable(refused);
  // JSON that tries to change the prototype of objects, which Fastify refuses with a plain SyntaxError.
  if ('statusCode' in error && error.statusCode === 400)
    return new ApiProblem('invalid-request', KINDS_OF_CODES['FST_ERR_CTP_INVALID_JSON_BODY']!);
  return undefined;
}

/** Whether what was asked for may have been done although it failed for us so: the answer did not come. */
export function mayBeDone(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // A worker that comes later takes up what a run was told.
  const isToldOnly = error.cause instanceof WorkflowUpdateRPCTimeoutOrCancelledError;
  return isToldOnly || lostConnectionText(error) !== undefined;
}

/** Not in the words of gRPC, which are about its own insides. */
const SILENT = 'Temporal does not answer any more. Its runs go on when it does.';

const MAY_BE_DONE =
  'What was asked for may have been done all the same, so ask again: a start or a cancel that is repeated does nothing twice, and neither does a replay with an Idempotency-Key.';

/** Nothing that a caller could mend. Where the folder should be is for the log alone. */
export function noPipelines(): ApiProblem {
  const detail = 'The server cannot read its folder of pipelines; its log says why. Ask again when that is mended.';
  return new ApiProblem('no-pipelines', { detail }, RETRY_SOON);
}

function unavailable(detail: string): ApiProblem {
  return new ApiProblem('temporal-unavailable', { detail }, RETRY_SOON);
}

function refusalText(error: Error): string | undefined {
  const text = isGrpcServiceError(error) ? REFUSALS.get(error.code) : undefined;
  return text ?? (error.cause instanceof Error ? refusalText(error.cause) : undefined);
}

/** What a request got wrong may be long, and a lot: as much of it as a person reads. */
function refusal(error: InvalidInputError): ApiProblem {
  const { problems: all } = error;
  const problems = all.slice(0, MAX_PROBLEMS).map(clipped);
  if (all.length > problems.length) problems.push(`There are ${all.length - problems.length} more of these.`);
  const facts = { detail: problems.join('\n'), problems };
  if (error instanceof RunStateError) return new ApiProblem('wrong-state', facts);
  if (error instanceof RunDiffersError) return new ApiProblem('conflict', { ...facts, differences: error.differences });
  return new ApiProblem('invalid-request', facts);
}

/** Leaves the end, where a problem says what is wrong, and drops of the middle. */
function clipped(problem: string): string {
  return problem.length <= MAX_PROBLEM_LENGTH
    ? problem
    : `${problem.slice(0, MAX_PROBLEM_LENGTH / 2)}…${problem.slice(-MAX_PROBLEM_LENGTH / 2)}`;
}

/** Where the files lie on the server is nothing that a caller has to know. */
function fileProblems({ problems }: PipelineFileError): string[] {
  return problems.map((problem) => formatProblem({ ...problem, file: basename(problem.file) }));
}
