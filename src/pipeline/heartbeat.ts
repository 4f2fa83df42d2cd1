import type { JobObservation } from './job.ts';

/** What a held `awaitJob` activity tells Temporal; `get` and `watch` read it to show a running job's progress. */
export interface JobHeartbeat {
  step: string;
  attempt: number;
  observation: JobObservation;
}
