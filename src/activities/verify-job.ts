import { cancellationSignal } from '@temporalio/activity';
import type { Json } from '../pipeline/definition.ts';
import type { JobRecords, JobRef } from '../pipeline/job.ts';
import type { Verification } from '../pipeline/verification.ts';
import { ServiceError } from '../services/errors.ts';
import type { ActivityContext } from './context.ts';
import { farewell } from './farewell.ts';
import { rejection, toFailure } from './failures.ts';
import { Pulse } from './pulse.ts';

export interface VerifyJobInput {
  ref: JobRef;
  /** The AWS request less the job's id. */
  request: { [member: string]: Json };
  /** As the service counted them. */
  records?: JobRecords;
}

/** Reads the results of a job that succeeded, few at a time: that takes the processor. */
export async function verifyJob(context: ActivityContext, input: VerifyJobInput): Promise<Verification> {
  const { ref, request, records } = input;
  const signal = cancellationSignal();
  const pulse = new Pulse<{ [what: string]: number }>({});
  try {
    const { service, client } = context.clients(ref);
    const job = { ref, request: service.request.parse(request), ...(records && { records }) };
    const read = () => client.verify(job, { signal, onProgress: (done) => pulse.tell(done) });
    return await context.readings.use(signal, read);
  } catch (error) {
    if (signal.aborted) throw farewell('The reading of the results');
    // What nobody foresaw is told rather than tried for ever: the reading ends a step.
    throw error instanceof ServiceError ? toFailure(error) : rejection(String(error));
  } finally {
    pulse.stop();
  }
}
