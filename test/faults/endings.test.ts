import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isTerminal, type JobState } from '../../src/pipeline/job-state.ts';
import { CATALOG } from '../../src/services/catalog.ts';
import type { BatchService } from '../../src/services/service.ts';
import { jobStep, pipeline } from '../support/example-pipelines.ts';
import { startNightscore, type Nightscore } from '../support/nightscore.ts';
import { REGION, simulateAws, type SimulatedAws } from '../support/simulated-aws.ts';
import { ENDING_TABLE, type EndingRow } from './ending-table.ts';

/** Jobs that hang must not keep the others from their places. */
const PLACES = 100;

let aws: SimulatedAws;
let nightscore: Nightscore;

beforeAll(async () => {
  aws = await simulateAws({
    speed: 300,
    settings: {
      fraudDetector: { simultaneousJobs: PLACES },
      personalize: { simultaneousJobs: { batchInference: PLACES, batchSegment: PLACES } },
    },
  });
  const limited = [...CATALOG.values()].filter(({ places }) => places !== undefined);
  const places = new Map(limited.map(({ name }) => [name, PLACES]));
  nightscore = await startNightscore({ settings: { places, blindMs: 3_000, unknownStatusMs: 3_000 } });
});

afterAll(async () => {
  await nightscore.close();
  await aws.close();
});

describe.each([...CATALOG.values()])('$name', (service) => {
  const rows = ENDING_TABLE.map((row, index) => ({ ...row, key: `ending-${index}` })).filter(
    ({ where }) => where?.(service.can) ?? true,
  );

  const isAlone = ({ readAlone }: EndingRow) => readAlone === true;

  // Side by side where that makes no difference: most of the time goes by waiting.
  test.concurrent.each(rows.filter((row) => !isAlone(row)))(
    '$what',
    async (row) => expect(await endingOf(service, row)).toEqual(endingThatMustBe(service, row)),
    60_000,
  );
  test.each(rows.filter(isAlone))(
    '$what',
    async (row) => expect(await endingOf(service, row)).toEqual(endingThatMustBe(service, row)),
    60_000,
  );
});

interface Ending {
  outcome: string | undefined;
  error: unknown;
  jobs: number;
  /** Absent where a job is not ours to account for: somebody else started it, or its service has forgotten it. */
  running?: boolean;
}

function endingThatMustBe({ can }: BatchService, { outcome, says, jobs, running }: EndingRow): Ending {
  const isOurs = outcome(can) !== 'lost' && outcome(can) !== 'rejected';
  const error = says ? expect.stringMatching(says) : expect.anything();
  return { outcome: outcome(can), error, jobs, ...(isOurs && { running: running(can) }) };
}

/** Lets the row happen to a run of its own, and tells how that ended, at Nightscore and at AWS. */
async function endingOf(service: BatchService, { key, ...row }: EndingRow & { key: string }): Promise<Ending> {
  const name = service.name.replace('/', '-');
  const run = `${name}/${key}`;
  const jobs = [1, 2].map((attempt) => service.jobId({ namespace: 'default', runKey: run, step: 'score', attempt }));
  const request = requestOf(service, key);
  await actBefore(row, service, jobs[0] ?? '', request);
  await aws.faults((row.faults ?? []).map((fault) => ({ job: jobs[0], ...fault })));
  const step = { ...jobStep(service.name, row.step), with: request };
  const timeout = row.runTimeout === undefined ? {} : { timeout: row.runTimeout };
  await nightscore.client.start({
    pipeline: { ...pipeline(name, { score: step }), period: 'none', ...timeout },
    key,
  });
  await act(row, service, run, jobs[0] ?? '', request);
  const report = (await nightscore.ended(run)).steps['score'];
  const truth = (await Promise.all(jobs.map((id) => aws.jobs(id)))).flat();
  const { outcome, error = 'none' } = report ?? {};
  const isOurs = outcome !== 'lost' && outcome !== 'rejected';
  const running = truth.some(({ state }) => !isTerminal(state as JobState));
  return { outcome, error, jobs: truth.length, ...(isOurs && { running }) };
}

type Request = ReturnType<typeof jobStep>['with'];

function requestOf({ name }: BatchService, key: string): Request {
  return JSON.parse(JSON.stringify(jobStep(name).with).replaceAll('${{ run.date }}', key)) as Request;
}

async function actBefore({ act: what }: EndingRow, service: BatchService, id: string, request: Request): Promise<void> {
  const other = JSON.parse(
    JSON.stringify(request).replace(/(s3:\/\/nightscore-examples\/test\/)/, '$1another-'),
  ) as Request;
  const created = { 'create the same job before': request, 'create another job under its id before': other };
  const chosen = Object.entries(created).find(([name]) => name === what)?.[1];
  if (!chosen) return;
  const parsed = service.request.parse(chosen);
  await service.connect(REGION).create(service.locate(id, parsed, REGION), parsed);
}

async function act(
  { act: what, actWhen = 'there is a job', jobs }: EndingRow,
  service: BatchService,
  run: string,
  id: string,
  request: Request,
): Promise<void> {
  const ref = service.locate(id, service.request.parse(request), REGION);
  const client = service.connect(REGION);
  const acts: Partial<Record<NonNullable<EndingRow['act']>, () => Promise<void> | undefined>> = {
    'cancel the run': () => nightscore.client.cancel(run),
    'cancel the step': () => nightscore.client.cancelStep(run, 'score'),
    'stop the job at AWS': () => client.stop?.(ref),
    'delete the job at AWS': () => client.delete?.(ref),
  };
  const chosen = what && acts[what];
  if (!chosen) return;
  await nightscore.until(run, ({ steps: { score } }) =>
    actWhen === 'starting' ? score?.state === 'starting' : score?.job !== undefined,
  );
  // Tests run side by side here, in which expect.poll does not know its test.
  if (jobs > 0) await vi.waitFor(async () => expect(await aws.jobs(id)).not.toEqual([]), { timeout: 20_000 });
  await chosen();
}
