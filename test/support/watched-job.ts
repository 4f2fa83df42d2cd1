import { pino } from 'pino';
import type { Sight } from '../../src/pipeline/heartbeat.ts';
import type { JobObservation, JobRef } from '../../src/pipeline/job.ts';
import type { JobClient } from '../../src/services/service.ts';
import { Watcher } from '../../src/watch/watcher.ts';

const SETTINGS = { pollIntervalMs: 50, graceMs: 1_000, blindMs: 60_000, unknownStatusMs: 60_000 };

/** The last that the service says of a job, once it has ended. */
export async function endOf(client: JobClient<unknown>, ref: JobRef): Promise<JobObservation> {
  const watcher = new Watcher(client, SETTINGS, pino({ enabled: false }));
  let last: Sight = {};
  await watcher.watch(ref, {
    submittedAt: new Date().toISOString(),
    sight: {},
    signal: new AbortController().signal,
    onSight: (sight) => (last = sight),
  });
  if (!last.observation) throw new Error('The job was never seen');
  return last.observation;
}
