import { readSettings } from '../settings.ts';
import { startSimulatedAws } from './local/simulator.ts';
import { aborted, listenForInterruption } from './process/interruption.ts';
import { createLog } from './process/log.ts';
import { note, print } from './process/output.ts';
import { assertPortIsFree } from './local/ports.ts';

export interface SimulateOptions {
  port?: number;
  data: string;
  speed: number;
}

/** `nightscore simulate`: the simulated AWS services, until a signal ends them. */
export async function simulate({ port = 0, data, speed }: SimulateOptions): Promise<void> {
  const signal = listenForInterruption();
  await assertPortIsFree({ port, option: '--port' });
  const simulator = await startSimulatedAws({ port, folder: data, speed, log: createLog(readSettings().logLevel) });
  print(simulator.endpoint);
  note(
    `The simulated AWS services are ready; their data is in ${data}. Set AWS_ENDPOINT_URL=${simulator.endpoint} to use them. Ctrl-C stops them.`,
  );
  await aborted(signal);
  await simulator.close();
}
