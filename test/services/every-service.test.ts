import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JobRef } from '../../src/pipeline/job.ts';
import { CATALOG } from '../../src/services/catalog.ts';
import { ServiceError } from '../../src/services/errors.ts';
import { JobMismatchError, startOrAdopt } from '../../src/services/start-or-adopt.ts';
import { EXAMPLE_REQUESTS } from '../support/example-jobs.ts';
import { endOf } from '../support/watched-job.ts';
import { REGION, simulateAws, type SimulatedAws } from '../support/simulated-aws.ts';

let aws: SimulatedAws;

beforeAll(async () => {
  aws = await simulateAws();
});

afterAll(() => aws.close());

describe.each([...CATALOG.values()])('$name', (service) => {
  const client = () => service.connect(REGION);
  const requestOf = (date: string) => service.request.parse(EXAMPLE_REQUESTS[service.name]?.(date));

  /** A job of its own for each test. */
  function jobFor(request: unknown) {
    const id = service.jobId({ namespace: 'test', runKey: `test/${randomUUID()}`, step: 'score', attempt: 1 });
    return service.locate(id, request, REGION);
  }

  const end = (ref: JobRef) => endOf(client(), ref);

  test('a job that is started ends succeeded, with its result files where the service says', async () => {
    const request = requestOf('2026-11-20');
    const started = await startOrAdopt(service, client(), jobFor(request), request);
    expect(started.adopted).toBe(false);
    const observation = await end(started.ref);
    expect(observation).toMatchObject({ state: 'succeeded', ref: { id: started.ref.id } });
    expect(observation.outputUri).toMatch(/^s3:\/\/nightscore-examples\/test\//);
  });

  test('a job that exists under our id is adopted, not created again', async () => {
    const request = requestOf('2026-11-21');
    const ref = jobFor(request);
    await startOrAdopt(service, client(), ref, request);
    const again = await startOrAdopt(service, client(), ref, request);
    expect(again).toMatchObject({ adopted: true, ref: { id: ref.id } });
    await end(ref);
    expect(await startOrAdopt(service, client(), ref, request)).toMatchObject({ adopted: true });
    const calls = await aws.ledger(`?job=${ref.id}`);
    expect(calls.filter(({ operation }) => operation.startsWith('Create'))).toHaveLength(1);
  });

  test('another job under our id is refused with what differs', async () => {
    const request = requestOf('2026-11-22');
    const ref = jobFor(request);
    await startOrAdopt(service, client(), ref, request);
    const other = startOrAdopt(service, client(), ref, requestOf('2026-11-23'));
    await expect(other).rejects.toThrow(JobMismatchError);
    await expect(other).rejects.toThrow('2026-11-22');
    await end(ref);
  });

  test('a job that was never created is not found', async () => {
    const error = await client()
      .get(jobFor(requestOf('2026-11-24')))
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ServiceError);
    expect(error).toMatchObject({ class: 'not-found' });
  });

  test('a list holds every job that has not ended', async () => {
    const request = requestOf('2026-11-25');
    const { ref } = await startOrAdopt(service, client(), jobFor(request), request);
    const listed: string[] = [];
    const scope = ref.listScope === undefined ? {} : { listScope: ref.listScope };
    for await (const page of client().list?.(scope) ?? []) {
      listed.push(...page.map((observation) => observation.ref.id));
    }
    expect(listed).toContain(ref.id);
    await end(ref);
  });

  test('a create whose answer is lost still makes one job, which is then adopted', async () => {
    const request = requestOf('2026-11-26');
    const ref = jobFor(request);
    await aws.faults([{ job: ref.id, fault: 'reset-after', skip: 1, times: 1 }]);
    const started = await startOrAdopt(service, client(), ref, request);
    expect(started.adopted).toBe(true);
    const calls = await aws.ledger(`?job=${ref.id}`);
    expect(calls.filter(({ operation }) => operation.startsWith('Create'))).toHaveLength(1);
    await end(ref);
  });
});
