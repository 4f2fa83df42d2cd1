import { resolveRegion } from '../services/aws-account.ts';
import { readSettings } from '../settings.ts';
import { readTemporalSettings } from '../temporal/connection-settings.ts';
import { ensureSearchAttributes } from '../temporal/search-attributes.ts';
import { connectWorker } from '../temporal/worker-connection.ts';
import { installRuntime, startWorker } from '../worker.ts';
import { aborted, listenForInterruption } from './process/interruption.ts';
import { createLog } from './process/log.ts';

/** `nightscore worker`: a worker, until a signal ends it. A second signal does so at once. */
export async function worker(): Promise<void> {
  const signal = listenForInterruption();
  const settings = readSettings();
  const temporal = readTemporalSettings();
  const log = createLog(settings.logLevel);
  const region = await resolveRegion();
  installRuntime(log);
  const connection = await connectWorker(temporal);
  const namespace = temporal.namespace.value;
  try {
    await ensureSearchAttributes(connection, namespace);
    const running = await startWorker({ connection, namespace, region, settings, log });
    const { taskQueue, pipelinesFolder } = settings;
    log.info({ address: temporal.address.value, namespace, taskQueue, region, pipelinesFolder }, 'The worker is ready');
    await Promise.race([aborted(signal), running.ended]);
    log.info('The worker stops; no job is stopped, and another worker goes on with the waits');
    await running.shutdown();
    await running.ended;
  } finally {
    await connection.close();
  }
}
