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
