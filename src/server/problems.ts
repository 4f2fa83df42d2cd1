import { z } from 'zod';
import type { RunDifference } from '../client/run-differences.ts';

/** In one thing; see {@link RunDifference}. */
export const differenceSchema = z
  .object({
    what: z.string().meta({ description: 'For example params.bucket' }),
    run: z
      .unknown()
      .optional()
      .meta({ description: 'What the run was started with; absent when it was started without' }),
    asked: z.unknown().optional().meta({ description: 'What this request asks for; absent when it does not' }),
  })
  .meta({ id: 'RunDifference' });

/** A problem document, by RFC 9457. */
export const problemSchema = z
  .object({
    type: z.string().meta({ description: 'Names the kind of problem, for programs' }),
    title: z.string().meta({ description: 'The kind of problem, for people' }),
    status: z.int().min(400).max(599).meta({ description: 'The HTTP status' }),
    detail: z.string().meta({ description: 'What happened and what to do, in the words of the command' }),
    problems: z.array(z.string()).optional().meta({ description: 'Each thing to mend, if there are several' }),
    differences: z
      .array(differenceSchema)
      .optional()
      .meta({ description: 'In what the run that exists differs from the one that is asked for' }),
    requestId: z.string().meta({ description: 'Stands in the log of the server as well' }),
  })
  .meta({ id: 'Problem', title: 'A problem document (RFC 9457)' });

export type ProblemDocument = z.infer<typeof problemSchema>;

/** Every kind of problem: its status and its title. Its type is the name with {@link TYPE_PREFIX}. */
export const PROBLEM_KINDS = {
  'invalid-request': { status: 400, title: 'The request is not right' },
  'no-token': { status: 401, title: 'A token is missing, or not known' },
  'not-allowed': { status: 403, title: 'The token does not allow this' },
  'foreign-page': { status: 403, title: 'A page of another server may not do this' },
  'not-found': { status: 404, title: 'There is nothing of this name' },
  'method-not-allowed': { status: 405, title: 'This cannot be done here' },
  'too-slow': { status: 408, title: 'The request took too long to arrive' },
  conflict: { status: 409, title: 'The run exists with other parameters' },
  'wrong-state': { status: 409, title: 'The state of the run does not allow this' },
  'key-used': { status: 409, title: 'The Idempotency-Key was used for something else' },
  'too-large': { status: 413, title: 'The request is too large' },
  'not-json': { status: 415, title: 'The body is not JSON' },
  'invalid-pipeline': { status: 422, title: 'The file of the pipeline is not right' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'headers-too-large': { status: 431, title: 'The headers are too large' },
  unexpected: { status: 500, title: 'Something unexpected happened' },
  'no-worker': { status: 503, title: 'No worker answers' },
  'no-pipelines': { status: 503, title: 'The server cannot read its pipelines' },
  'temporal-unavailable': { status: 503, title: 'Temporal cannot be reached' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemKind = keyof typeof PROBLEM_KINDS;

const TYPE_PREFIX = 'urn:nightscore:problem:';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** What a problem document says beside its kind. */
export interface ProblemFacts {
  detail: string;
  problems?: readonly string[];
  differences?: readonly RunDifference[];
}

/** A request that is answered with a problem document. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly kind: ProblemKind;
  readonly facts: ProblemFacts;
  /** Headers that belong to the answer. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(kind: ProblemKind, facts: ProblemFacts, headers: Readonly<Record<string, string>> = {}) {
    super(facts.detail);
    this.kind = kind;
    this.facts = facts;
    this.headers = headers;
  }
}

export function problemDocument(
  kind: ProblemKind,
  { detail, problems, differences }: ProblemFacts,
  requestId: string,
): ProblemDocument {
  return {
    type: TYPE_PREFIX + kind,
    ...PROBLEM_KINDS[kind],
    detail,
    ...(problems && problems.length > 1 && { problems: [...problems] }),
    ...(differences && { differences: [...differences] }),
    requestId,
  };
}

/** The answers of a route that are problem documents, for its schema. Every route may refuse the caller, or be without Temporal. */
export function problemAnswers(...kinds: ProblemKind[]): Record<number, object> {
  const always: ProblemKind[] = [
    'invalid-request',
    'no-token',
    'not-allowed',
    'too-many-requests',
    'temporal-unavailable',
  ];
  const content = { [PROBLEM_MEDIA_TYPE]: { schema: problemSchema } };
  return Object.fromEntries(
    [...always, ...kinds].map((kind) => [
      PROBLEM_KINDS[kind].status,
      { description: PROBLEM_KINDS[kind].title, content },
    ]),
  );
}
