import type { StepDefinition } from '../../src/pipeline/definition.ts';
import type { StepOutcome } from '../../src/pipeline/outcome.ts';

/**
 * When a fault strikes, as the number of calls about the job that it lets pass: the look before the create, the create, and the reads of
 * the job that exists.
 */
export const MOMENTS = {
  look: { skip: 0, says: 'the look before the create' },
  create: { skip: 1, says: 'the create' },
  read: { skip: 2, says: 'reads of the running job' },
} as const;

export type Moment = keyof typeof MOMENTS;

export interface FaultRow {
  /** Faults of the simulator, in the order in which they strike from the moment on. */
  faults: readonly { fault: string; times?: number; delayMs?: number; status?: string }[];
  moment: Moment;
  step?: Partial<StepDefinition>;
  /** How the step must end. */
  outcome: StepOutcome;
  /** How many jobs there are in the end. */
  jobs: 0 | 1;
}

const survived = (moment: Moment, ...faults: FaultRow['faults'][number][]): FaultRow => ({
  faults,
  moment,
  outcome: 'succeeded',
  jobs: 1,
});

/** What may happen to calls, and what must come of it at every service. `docs/faults.md` is made from this. */
export const FAULT_TABLE: readonly FaultRow[] = [
  survived('look', { fault: 'throttle', times: 1 }),
  survived('look', { fault: 'throttle-429', times: 1 }),
  survived('look', { fault: 'error-500-before', times: 1 }),
  survived('look', { fault: 'reset-before', times: 1 }),
  survived('look', { fault: 'html-503', times: 1 }),
  survived('look', { fault: 'slow', times: 1, delayMs: 500 }),
  survived('look', { fault: 'expired-token', times: 1 }),
  { faults: [{ fault: 'access-denied' }], moment: 'look', outcome: 'rejected', jobs: 0 },

  survived('create', { fault: 'throttle', times: 1 }),
  survived('create', { fault: 'throttle-429', times: 1 }),
  survived('create', { fault: 'throttle-after', times: 1 }),
  survived('create', { fault: 'error-500-before', times: 1 }),
  survived('create', { fault: 'error-500-after', times: 1 }),
  survived('create', { fault: 'reset-before', times: 1 }),
  survived('create', { fault: 'reset-after', times: 1 }),
  survived('create', { fault: 'html-503', times: 1 }),
  survived('create', { fault: 'html-503-after', times: 1 }),
  survived('create', { fault: 'garbled-after', times: 1 }),
  survived('create', { fault: 'slow', times: 1, delayMs: 500 }),
  survived('create', { fault: 'slow-after', times: 1, delayMs: 500 }),
  survived('create', { fault: 'expired-token', times: 1 }),
  survived('create', { fault: 'reset-after', times: 1 }, { fault: 'not-found', times: 1 }),
  survived('create', { fault: 'throttle-after', times: 1 }, { fault: 'not-found', times: 1 }),
  survived('create', { fault: 'reset-after', times: 1 }, { fault: 'access-denied', times: 1 }),
  survived('create', { fault: 'error-500-after', times: 1 }, { fault: 'html-503', times: 2 }),
  survived(
    'create',
    { fault: 'reset-after', times: 1 },
    { fault: 'throttle', times: 1 },
    { fault: 'access-denied', times: 1 },
  ),
  survived('create', { fault: 'garbled-after', times: 1 }, { fault: 'access-denied', times: 2 }),
  { faults: [{ fault: 'access-denied', times: 1 }], moment: 'create', outcome: 'rejected', jobs: 0 },

  survived('read', { fault: 'throttle', times: 3 }),
  survived('read', { fault: 'throttle-429', times: 3 }),
  survived('read', { fault: 'error-500-before', times: 3 }),
  survived('read', { fault: 'error-500-after', times: 3 }),
  survived('read', { fault: 'reset-before', times: 3 }),
  survived('read', { fault: 'reset-after', times: 3 }),
  survived('read', { fault: 'html-503', times: 3 }),
  survived('read', { fault: 'garbled-after', times: 3 }),
  survived('read', { fault: 'slow', times: 2, delayMs: 500 }),
  survived('read', { fault: 'not-found', times: 2 }),
  survived('read', { fault: 'access-denied', times: 3 }),
  survived('read', { fault: 'expired-token', times: 3 }),
  survived('read', { fault: 'unknown-status', times: 3 }),
  { faults: [{ fault: 'not-found' }], moment: 'read', outcome: 'lost', jobs: 1 },
];

/** A name for the row: of its test, its run and its line in the document. */
export function nameOf({ moment, faults }: FaultRow): string {
  const struck = faults.map(({ fault, times }) => (times === undefined ? `${fault} for ever` : `${fault} ${times}x`));
  return `${struck.join(', then ')} at ${MOMENTS[moment].says}`;
}
