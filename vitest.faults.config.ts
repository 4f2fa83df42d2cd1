import { mergeConfig } from 'vitest/config';
import { suite } from './vitest.config.ts';

/** Every fault and every ending of a job at every service, by the tables of `test/faults`; replays, nights of schedules and attacks, which take as long. */
export default mergeConfig(suite, { test: { include: ['test/faults/*.test.ts'] } });
