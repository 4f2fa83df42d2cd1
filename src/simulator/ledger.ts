import { join } from 'node:path';
import { z } from 'zod';
import { Journal } from './journal.ts';

const entrySchema = z.object({
  /** Counts from 1, over restarts. */
  seq: z.number().int(),
  /** When the call was answered, ISO 8601 in UTC. */
  time: z.string(),
  service: z.string(),
  operation: z.string(),
  region: z.string().optional(),
  /** The id of the job that the call is about. */
  job: z.string().optional(),
  /** What else the call is about: an id, an ARN or an S3 URI. */
  resource: z.string().optional(),
  /** HTTP status; absent when the connection was cut instead of an answer. */
  status: z.number().optional(),
  errorCode: z.string().optional(),
  requestId: z.string(),
  /** Which attempt of the SDK this is, from 1, as the client says. */
  attempt: z.number().optional(),
  /** What the call did, whatever the client was told. */
  effect: z.string(),
  /** The fault switch that changed the call. */
  fault: z.string().optional(),
});

/** One call as the simulator saw it. It never holds credentials, signatures or bodies. */
export type LedgerEntry = z.infer<typeof entrySchema>;

export interface LedgerFilter {
  service?: string | undefined;
  operation?: string | undefined;
  job?: string | undefined;
}

/** Every call there was, in the order of the answers. It is kept in the state folder. */
export class Ledger {
  readonly #journal: Journal<LedgerEntry>;
  readonly #entries: LedgerEntry[];

  constructor(stateFolder: string) {
    const { journal, entries } = Journal.open(join(stateFolder, 'ledger.jsonl'), entrySchema);
    this.#journal = journal;
    this.#entries = entries;
  }

  record(entry: Omit<LedgerEntry, 'seq' | 'time'>): void {
    const seq = (this.#entries.at(-1)?.seq ?? 0) + 1;
    const complete = { seq, time: new Date().toISOString(), ...entry };
    this.#journal.append(complete);
    this.#entries.push(complete);
  }

  entries({ service, operation, job }: LedgerFilter): LedgerEntry[] {
    return this.#entries.filter(
      (entry) =>
        (service === undefined || entry.service === service) &&
        (operation === undefined || entry.operation === operation) &&
        (job === undefined || entry.job === job),
    );
  }

  close(): void {
    this.#journal.close();
  }
}
