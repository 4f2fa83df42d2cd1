import type { ZodType } from 'zod';
import type { StepOutputs } from '../pipeline/expressions/expression-context.ts';

/** What a follow-up is given besides its `with`. */
export interface FollowUpContext {
  region: string;
  signal: AbortSignal;
  /** To be called as the work goes on, so that a dead worker is noticed. */
  onProgress: (done: { [what: string]: number }) => void;
}

/** A follow-up that can never work as it was asked for; the message tells a person why. */
export class FollowUpError extends Error {
  override readonly name = 'FollowUpError';
}

/** A step that is not a job. It may be run again after a worker died half-way, so running it twice must be as good as once. */
export interface FollowUp<With = unknown, Outputs extends StepOutputs = StepOutputs> {
  /** What a step's `uses` says, for example `s3/copy`. */
  readonly name: string;
  readonly with: ZodType<With>;
  /** The CEL type of each output, as later steps see it in `steps.<id>`. */
  readonly outputs: { readonly [Name in keyof Outputs]: 'string' | 'int' };
  run(input: With, context: FollowUpContext): Promise<Outputs>;
}
