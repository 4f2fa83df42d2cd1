import { z } from 'zod';

const calls = z.array(z.object({ service: z.string(), operation: z.string(), job: z.string().optional() }));

/** One call at AWS, as the simulator's ledger has it. */
export type AwsCall = z.infer<typeof calls>[number];

/** How often each operation was called, for example `{ CreateBatchPrediction: 1 }`. */
export type CallCounts = Readonly<Record<string, number>>;

/** Every call that a simulator has answered. */
export async function readLedger(endpoint: string): Promise<AwsCall[]> {
  const response = await fetch(`${endpoint}/_simulator/ledger`);
  return calls.parse(await response.json());
}

/** The calls about one job, and those about no job in particular, its service's lists, which all its jobs share. */
export function callsOfJob(job: string, ledger: readonly AwsCall[]): { own: CallCounts; shared: CallCounts } {
  const own = ledger.filter((call) => call.job === job);
  const services = new Set(own.map(({ service }) => service));
  const shared = ledger.filter((call) => call.job === undefined && services.has(call.service));
  return { own: countOperations(own), shared: countOperations(shared) };
}

/** For example `1 CreateBatchPrediction, 12 GetBatchPrediction`. */
export function callsText(counts: CallCounts): string {
  return Object.entries(counts)
    .map(([operation, times]) => `${times} ${operation}`)
    .join(', ');
}

function countOperations(some: readonly AwsCall[]): CallCounts {
  const counts: Record<string, number> = {};
  for (const { operation } of some) counts[operation] = (counts[operation] ?? 0) + 1;
  return counts;
}
