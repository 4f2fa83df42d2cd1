import { afterAll, beforeAll, expect, test } from 'vitest';
import { jobStep, pipeline } from '../support/example-pipelines.ts';
import { startNightscore, type Nightscore } from '../support/nightscore.ts';
import { simulateAws, type SimulatedAws } from '../support/simulated-aws.ts';

let aws: SimulatedAws;
let nightscore: Nightscore;

beforeAll(async () => {
  aws = await simulateAws({ speed: 100 });
  nightscore = await startNightscore();
});

afterAll(async () => {
  await nightscore.close();
  await aws.close();
});

async function start(name: string): Promise<string> {
  const definition = pipeline(name, { score: jobStep('fraud-detector/batch-prediction') });
  const { run } = await nightscore.client.start({ pipeline: definition, key: '2026-11-20' });
  return run;
}

async function waitsForPlace(run: string): Promise<void> {
  await nightscore.until(run, ({ steps }) => steps['score']?.state === 'queued (quota)');
}

async function submittedAt(run: string): Promise<number> {
  const { steps } = await nightscore.ended(run);
  return Date.parse(steps['score']?.job?.submittedAt ?? '');
}

test('the runs of tonight get their places before replays, although these have waited longer', async () => {
  await aws.faults([{ call: 'create', fault: 'job-fails', times: 1 }]);
  const replayed = await start('of-last-night');
  expect(await nightscore.ended(replayed)).toMatchObject({ outcome: 'failed' });
  await aws.faults([{ call: 'create', fault: 'job-hangs', times: 1 }]);
  const holder = await start('holds-the-place');
  await nightscore.until(holder, ({ steps }) => steps['score']?.job !== undefined);
  await nightscore.client.replay({ run: replayed });
  await waitsForPlace(replayed);
  const tonight = await start('of-tonight');
  await waitsForPlace(tonight);
  await nightscore.client.cancel(holder);
  expect(await submittedAt(tonight)).toBeLessThan(await submittedAt(replayed));
});
