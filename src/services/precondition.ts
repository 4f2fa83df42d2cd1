import { ServiceError } from './errors.ts';

/** What a precondition found wrong. */
export interface Finding {
  /** An error means that the job would fail or do harm, and is not started; a warning is told and the job is started. */
  severity: 'error' | 'warning';
  /** What is wrong and what to do about it, for a person. */
  message: string;
}

/** Something that has to be so before a job is worth paying for. It is looked at by read calls only. */
export interface Precondition {
  /** What is looked at, for a person: `the model ml-churn-7`. */
  subject: string;
  /** Resolves with nothing when it is as it should be. Throws a ServiceError when it cannot be told. */
  check(): Promise<Finding | undefined>;
}

export function errorFinding(message: string): Finding {
  return { severity: 'error', message };
}

export function warningFinding(message: string): Finding {
  return { severity: 'warning', message };
}

/** What a read tells; undefined when its service says that there is no such thing. Any other error is thrown on. */
export async function ifFound<Answer>(read: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof ServiceError && error.class === 'not-found') return undefined;
    throw error;
  }
}
