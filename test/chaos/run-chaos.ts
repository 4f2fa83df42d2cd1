import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import pMap from 'p-map';
import { parseDocument } from 'yaml';
import { NightscoreClient } from '../../src/client/nightscore-client.ts';
import type { RunReport } from '../../src/pipeline/report.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { allText, CANARY, secretsIn } from './canary.ts';
import { findViolations } from './check.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { driveRuns, insist } from './drive-runs.ts';
import { planChaos } from './plan.ts';
import { runEvents, type EventCounts } from './run-events.ts';
import { TemporalProcess } from './temporal-process.ts';
import { fetchTruth, type Truth } from './truth.ts';
import { WorkerProcess } from './worker-process.ts';

/** Jobs take three to seven seconds at this speed: long enough to be met by a kill, short enough for the few places. */
const SPEED = 60;
const READS_AT_ONCE = 8;

export interface ChaosOptions {
  seed: number;
  runs: number;
  /** When runs that have not ended are given up. */
  deadlineMs: number;
}

export interface ChaosResult {
  /** Each in a sentence. */
  violations: string[];
  reports: RunReport[];
  truth: Truth;
  events: EventCounts;
  seconds: number;
  /** Holds the logs; kept only when there are violations. */
  folder: string;
}

/** Carries out the plan of a seed with real processes, and holds every report against what is true at the simulator. */
export async function runChaos({ seed, runs: count, deadlineMs }: ChaosOptions): Promise<ChaosResult> {
  const { runs, events } = planChaos(seed, count);
  const startedAt = Date.now();
  const folder = await mkdtemp(join(tmpdir(), 'nightscore-chaos-'));
  const closing: (() => Promise<void>)[] = [];
  let violations: string[] | undefined;
  try {
    const simulator = await startSimulator({ folder: join(folder, 'simulator'), speed: SPEED });
    closing.push(() => simulator.close());
    await shortenFraudDetection(join(folder, 'simulator/resources.yaml'));
    const proxy = await startCuttingProxy(simulator.endpoint);
    closing.push(() => proxy.close());
    const temporal = await TemporalProcess.start(join(folder, 'temporal.db'));
    closing.push(() => temporal.stop());
    await fetch(`${simulator.endpoint}/_simulator/faults`, {
      method: 'POST',
      body: JSON.stringify(runs.flatMap(({ faults }) => faults)),
    }).then(async (response) => {
      if (!response.ok) throw new Error(await response.text());
    });
    const logs = ['worker-a.log', 'worker-b.log'].map((name) => join(folder, name));
    const workers = logs.map((log) => new WorkerProcess(workerEnv(temporal.address, proxy.endpoint), log));
    for (const worker of workers) {
      worker.start();
      closing.push(() => worker.kill());
    }
    const connection = await Connection.connect({ address: temporal.address });
    closing.push(() => connection.close());
    const client = new Client({ connection });
    const nightscore = new NightscoreClient({ client });

    const over = new AbortController();
    const broken = new AbortController();
    const striking = runEvents(events, { temporal, workers, proxy }, over.signal);
    // Without a Temporal server that comes back, no run would ever end.
    striking.catch(() => broken.abort());
    const terminate = async (run: string) => {
      const handle = client.workflow.getHandle(run);
      if ((await handle.describe()).status.name === 'RUNNING') await handle.terminate('by chaos');
    };
    await driveRuns(
      nightscore,
      runs,
      terminate,
      AbortSignal.any([AbortSignal.timeout(deadlineMs), broken.signal]),
    ).finally(() => over.abort());
    const eventCounts = await striking;

    const reports = new Map<string, RunReport>();
    const leaks: string[] = [];
    const patience = AbortSignal.timeout(30_000);
    const readRun = async ({ id }: { id: string }) => {
      const report = await insist(() => nightscore.get(id), patience);
      if (report) reports.set(id, report);
      const history = await insist(() => client.workflow.getHandle(id).fetchHistory(), patience);
      leaks.push(...secretsIn(allText(history)).map((secret) => `The history of run ${id} holds ${secret}.`));
    };
    await pMap(runs, readRun, { concurrency: READS_AT_ONCE });
    const truth = await fetchTruth(simulator.endpoint);
    for (const file of [...logs, join(folder, 'simulator/state/ledger.jsonl')]) {
      const text = await readFile(file, 'utf8');
      leaks.push(...secretsIn(text).map((secret) => `The file ${file} holds ${secret}.`));
    }
    violations = [...findViolations(runs, reports, truth), ...leaks];
    const result = { violations, reports: [...reports.values()], truth, events: eventCounts, folder };
    if (violations.length > 0) await writeEvidence(folder, result);
    return { ...result, seconds: (Date.now() - startedAt) / 1000 };
  } catch (error) {
    // What is closed below while it is in use may end the process before this error is told.
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    throw error;
  } finally {
    for (const close of closing.reverse()) await close();
    if (violations?.length === 0) await rm(folder, { recursive: true, maxRetries: 10, retryDelay: 300 });
  }
}

function workerEnv(temporalAddress: string, awsEndpoint: string): Record<string, string> {
  return {
    TEMPORAL_ADDRESS: temporalAddress,
    AWS_ENDPOINT_URL: awsEndpoint,
    AWS_REGION: 'eu-west-1',
    ...CANARY,
    NIGHTSCORE_POLL_INTERVAL: '1s',
    NIGHTSCORE_PROGRESS_INTERVAL: '2s',
    NIGHTSCORE_HEARTBEAT_TIMEOUT: '10s',
    NIGHTSCORE_NOT_FOUND_GRACE: '5s',
    NIGHTSCORE_LOG_LEVEL: 'debug',
  };
}

/** One job at a time, and 4,000 records in each: with the usual pace the runs would only wait for each other. */
async function shortenFraudDetection(file: string): Promise<void> {
  const document = parseDocument(await readFile(file, 'utf8'));
  document.setIn(['settings', 'fraudDetector', 'timing', 'recordsPerSecond'], 50);
  await writeFile(file, document.toString());
}

/** What a person needs to find out how a violation came about, beside the logs. */
async function writeEvidence(folder: string, evidence: { reports: RunReport[]; truth: Truth }): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'reports.json'), JSON.stringify(evidence.reports, undefined, 2));
  await writeFile(join(folder, 'jobs.json'), JSON.stringify(evidence.truth.jobs, undefined, 2));
}
