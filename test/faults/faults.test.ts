import { readFileSync } from 'node:fs';
import { format } from 'prettier';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CATALOG } from '../../src/services/catalog.ts';
import { jobStep, pipeline } from '../support/example-pipelines.ts';
import { startNightscore, type Nightscore } from '../support/nightscore.ts';
import { simulateAws, type SimulatedAws } from '../support/simulated-aws.ts';
import { faultPage } from './fault-page.ts';
import { FAULT_TABLE, MOMENTS, nameOf, type FaultRow } from './fault-table.ts';

let aws: SimulatedAws;
let nightscore: Nightscore;

beforeAll(async () => {
  aws = await simulateAws({ speed: 600 });
  nightscore = await startNightscore();
});

afterAll(async () => {
  await nightscore.close();
  await aws.close();
});

test('the document tells of every fault', async () => {
  const options = { ...JSON.parse(readFileSync('.prettierrc.json', 'utf8')), parser: 'markdown' } as object;
  expect(readFileSync('docs/faults.md', 'utf8')).toBe(await format(faultPage(), options));
});

const rows = FAULT_TABLE.map((row) => ({ row, name: nameOf(row) }));

describe.each([...CATALOG.values()])('$name', (service) => {
  const pipelineName = service.name.replace('/', '-');
  const keyOf = (index: number) => `fault-${index}`;
  const jobOf = (index: number) =>
    service.jobId({ namespace: 'default', runKey: `${pipelineName}/${keyOf(index)}`, step: 'score', attempt: 1 });

  beforeAll(async () => {
    for (const [index, { row }] of rows.entries()) {
      await aws.faults(switchesOf(row, jobOf(index)));
      const step = jobStep(service.name, row.step);
      const request = JSON.parse(
        JSON.stringify(step.with).replaceAll('${{ run.date }}', keyOf(index)),
      ) as typeof step.with;
      const definition = { ...pipeline(pipelineName, { score: { ...step, with: request } }), period: 'none' as const };
      await nightscore.client.start({ pipeline: definition, key: keyOf(index) });
    }
  }, 120_000);

  test.each(rows.map(({ name, row }, index) => ({ name, row, index })))(
    '$name',
    async ({ row, index }) => {
      const report = await nightscore.ended(`${pipelineName}/${keyOf(index)}`);
      expect(report.steps['score']).toMatchObject({ outcome: row.outcome });
      const ledger = (await aws.ledger(`?job=${jobOf(index)}`)) as { effect?: string }[];
      expect(ledger.filter(({ effect }) => effect === 'created')).toHaveLength(row.jobs);
      const truth = await aws.jobs(jobOf(index));
      expect(truth).toHaveLength(row.jobs);
      if (row.outcome === 'succeeded') expect(truth).toMatchObject([{ state: 'succeeded' }]);
    },
    240_000,
  );
});

/** The row's faults, one after the other from its moment on. */
function switchesOf({ faults, moment }: FaultRow, job: string): object[] {
  // A switch that waits behind another one does not see the calls that the other strikes.
  return faults.map((fault) => ({ ...fault, job, skip: MOMENTS[moment].skip }));
}
