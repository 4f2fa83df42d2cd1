import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import pMap from 'p-map';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { latestRunIds } from '../../src/client/latest-runs.ts';
import { NightscoreClient } from '../../src/client/nightscore-client.ts';
import { readRunHistory } from '../../src/client/run-history.ts';
import { connectClient } from '../../src/temporal/connection.ts';
import { readTemporalSettings } from '../../src/temporal/connection-settings.ts';

const PIPELINE = 'long-list';
const RUNS = 60;
const REPORT_BYTES = 3_000;
/** gRPC takes 4 MB, and a night's reports are more; this is the same in small: enough for 50 runs, not for all. */
const ANSWER_BYTES = RUNS * REPORT_BYTES;

/** Runs with long reports that no worker takes up. */
const start = {
  taskQueue: `nobody-${randomUUID()}`,
  args: [],
  memo: { report: { run: {}, text: 'x'.repeat(REPORT_BYTES) } },
  workflowExecutionTimeout: '2m',
} as const;

let connection: Connection;
let client: Client;

beforeAll(async () => {
  const address = inject('temporalAddress');
  connection = await Connection.connect({ address, channelArgs: { 'grpc.max_receive_message_length': ANSWER_BYTES } });
  client = new Client({ connection });
  const keys = Array.from({ length: RUNS }, (_, index) => `${PIPELINE}/${index}`);
  await pMap(keys, (workflowId) => client.workflow.start('runPipeline', { ...start, workflowId }), { concurrency: 20 });
  const again = { ...start, workflowId: `${PIPELINE}/again`, workflowIdConflictPolicy: 'TERMINATE_EXISTING' } as const;
  for (let run = 0; run < RUNS; run += 1) await client.workflow.start('runPipeline', again);
});
afterAll(() => connection.close());

describe('lists of runs whose reports are too large for one answer', () => {
  it('are read whole', async () => {
    const nightscore = new NightscoreClient({ client });
    const listed = async () => {
      const runs: string[] = [];
      for await (const { id } of nightscore.list({ where: `pipeline=${PIPELINE}` })) runs.push(id);
      return new Set(runs).size;
    };
    await expect.poll(listed).toBe(RUNS + 1);
    const first = await nightscore.listPage({ where: `pipeline=${PIPELINE}`, status: 'running' }, { limit: RUNS });
    const { runs, next } = await nightscore.listPage(
      { where: `pipeline=${PIPELINE}`, status: 'running' },
      { limit: RUNS, cursor: first.next ?? '' },
    );
    expect(first.runs).toHaveLength(RUNS);
    expect({ runs: runs.length, next }).toEqual({ runs: 1, next: undefined });
    expect(new Set([...first.runs, ...runs].map(({ id }) => id)).size).toBe(RUNS + 1);
  });

  it('are read whole of one run that was replayed often', async () => {
    const run = `${PIPELINE}/again`;
    const { runId } = await client.workflow.getHandle(run).describe();
    expect((await latestRunIds(client, [run])).get(run)).toBe(runId);
    const history = await readRunHistory(client, run, async () => Promise.resolve({ run: {}, steps: {} } as never));
    expect(history).toHaveLength(RUNS);
  });
});

describe('a filter by very many pipelines', () => {
  it.each([1_500, 5_000])('of which there are %i, as a token may name, is one that Temporal takes', async (count) => {
    const others = Array.from({ length: count - 1 }, (_, index) => `none-of-the-long-lists-${index}`);
    const nightscore = new NightscoreClient({ client });
    for (const ofPipelines of [
      [PIPELINE, ...others],
      [...others, PIPELINE],
    ]) {
      const { runs } = await nightscore.listPage({ ofPipelines, status: 'running' }, { limit: 1 });
      expect(runs).toMatchObject([{ pipeline: PIPELINE }]);
    }
    expect(await nightscore.listPage({ ofPipelines: others }, { limit: 1 })).toEqual({ runs: [] });
  });
});

describe('a connection of ours', () => {
  it('takes answers that are larger than the 4 MB of gRPC', async () => {
    const ours = await connectClient(readTemporalSettings({ TEMPORAL_ADDRESS: inject('temporalAddress') }));
    const large = new Client({ connection: ours });
    const ids = ['a', 'b', 'c'].map((name) => `large-answer/${name}`);
    const memo = { report: { run: {}, text: 'x'.repeat(1_800_000) } };
    for (const workflowId of ids) await large.workflow.start('runPipeline', { ...start, memo, workflowId });
    const query = "WorkflowId STARTS_WITH 'large-answer/'";
    const listed = async () => {
      const found: string[] = [];
      for await (const { workflowId } of large.workflow.list({ query })) found.push(workflowId);
      return found.length;
    };
    await expect.poll(listed).toBe(ids.length);
    // The server is shared, and others list all that it has.
    for (const workflowId of ids) {
      await ours.workflowService.deleteWorkflowExecution({
        namespace: 'default',
        workflowExecution: { workflowId },
      });
    }
    await expect.poll(listed, { timeout: 20_000 }).toBe(0);
    await ours.close();
  });
});
