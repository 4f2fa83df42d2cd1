import type { StepDefinition } from '../../src/pipeline/definition.ts';
import type { StepOutcome } from '../../src/pipeline/outcome.ts';
import type { Capabilities } from '../../src/services/service.ts';

/** What a person or another program does about the job. */
export type Act =
  | 'cancel the run'
  | 'cancel the step'
  | 'stop the job at AWS'
  | 'delete the job at AWS'
  | 'create the same job before'
  | 'create another job under its id before';

export interface EndingRow {
  /** What happens, for the document. */
  what: string;
  /** Switches of the simulator for the job of the first job attempt. */
  faults?: readonly object[];
  step?: Partial<StepDefinition>;
  /** Timeout of the whole run. */
  runTimeout?: string;
  act?: Act;
  /** Whether it is done while the step is starting, or as soon as there is a job; that when absent. */
  actWhen?: 'starting' | 'there is a job';
  /** At which services this can happen; at all when absent. */
  where?: (can: Capabilities) => boolean;
  /** How the step must end. */
  outcome: (can: Capabilities) => StepOutcome;
  /** How many jobs there are in the end. */
  jobs: number;
  /** Whether a job still runs in the end. */
  running: (can: Capabilities) => boolean;
  /** Among many jobs, this one would be seen by a list. */
  readAlone?: true;
  /** What the error of the step must say. */
  says?: RegExp;
}

const always = (outcome: StepOutcome) => () => outcome;
const never = () => false;
const HANGS = { call: 'create', fault: 'job-hangs', times: 1 };
const fails = (message: string) => ({ call: 'create', fault: 'job-fails', times: 1, message });

const INTERNAL = 'InternalServerError: We encountered an internal error. Please try again.';
const INPUT = 'Invalid S3 input path';

/** We give up on a job that would run for ever: it is stopped where that is possible. */
const givenUp = (what: string, more: Partial<EndingRow> = {}): EndingRow => ({
  what,
  faults: [HANGS],
  outcome: ({ stop }) => (stop ? 'stopped' : 'left-running'),
  jobs: 1,
  running: ({ stop }) => !stop,
  ...more,
});

const canStop = ({ stop }: Capabilities) => stop;
const canOnlyDelete = ({ stop, delete: canDelete }: Capabilities) => canDelete && !stop;

/** How jobs end, and what must come of it at every service. `docs/faults.md` is made from this, too. */
export const ENDING_TABLE: readonly EndingRow[] = [
  {
    what: 'the job fails',
    faults: [fails(INTERNAL)],
    outcome: always('failed'),
    jobs: 1,
    running: never,
    says: /cause: internal.*internal error/,
  },
  {
    what: 'the job fails for a cause on the service’s side, and the step may have two',
    faults: [fails(INTERNAL)],
    step: { retry: { maxAttempts: 2, delay: '1s' } },
    outcome: always('succeeded'),
    jobs: 2,
    running: never,
  },
  {
    what: 'the job fails because of its input, and the step may have two',
    faults: [fails(INPUT)],
    step: { retry: { maxAttempts: 2, delay: '1s' } },
    outcome: always('failed'),
    jobs: 1,
    running: never,
    says: /cause: input/,
  },
  {
    what: 'the job fails because of its input, and the step lists that cause',
    faults: [fails(INPUT)],
    step: { retry: { maxAttempts: 2, delay: '1s', causes: ['input'] } },
    outcome: always('succeeded'),
    jobs: 2,
    running: never,
  },
  {
    what: 'a role lacks a permission',
    faults: [fails('User: x is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::acme/in.csv')],
    outcome: always('failed'),
    jobs: 1,
    running: never,
    says: /Missing permission: s3:GetObject on arn:aws:s3:::acme\/in\.csv/,
  },
  givenUp('the run is cancelled', { act: 'cancel the run' }),
  givenUp('the step is cancelled', { act: 'cancel the step' }),
  givenUp('the job outlasts the timeout of its step', { step: { timeout: '2s' } }),
  givenUp('the job outlasts the timeout of its run', { runTimeout: '3s' }),
  givenUp('the run is cancelled, and the stop is throttled twice', {
    faults: [HANGS, { call: 'stop', fault: 'throttle', times: 2 }],
    act: 'cancel the run',
  }),
  givenUp('the run is cancelled, and the answer to the stop is lost', {
    faults: [HANGS, { call: 'stop', fault: 'reset-after', times: 1 }],
    act: 'cancel the run',
  }),
  givenUp('the run is cancelled, and the service forgets the stop', {
    faults: [HANGS, { call: 'stop', fault: 'stop-ignored', times: 1 }],
    act: 'cancel the run',
  }),
  givenUp('the run is cancelled, and the stop is refused as if there were no job', {
    faults: [HANGS, { call: 'stop', fault: 'not-found', times: 1 }],
    act: 'cancel the run',
  }),
  givenUp('the run is cancelled, and nobody may stop the job', {
    faults: [HANGS, { call: 'stop', fault: 'access-denied' }],
    act: 'cancel the run',
    outcome: always('left-running'),
    running: () => true,
  }),
  givenUp('the run is cancelled, and the step says `onCancel: leave`', {
    step: { onCancel: 'leave' },
    act: 'cancel the run',
    outcome: always('left-running'),
    running: () => true,
    says: /may still run.*onCancel: leave/,
  }),
  givenUp('the run is cancelled, and the step says `onCancel: delete`', {
    step: { onCancel: 'delete' },
    act: 'cancel the run',
    where: canOnlyDelete,
    outcome: always('stopped'),
    running: never,
  }),
  {
    what: 'the run is cancelled before the job could be created',
    faults: [{ call: 'create', fault: 'throttle' }],
    act: 'cancel the run',
    actWhen: 'starting',
    outcome: always('cancelled'),
    jobs: 0,
    running: never,
  },
  {
    what: 'the answer to the create is lost, reads are throttled, and the run is cancelled meanwhile; the job succeeds',
    faults: [
      { call: 'create', fault: 'reset-after', times: 1 },
      { call: 'read', fault: 'throttle', skip: 1, times: 6 },
    ],
    act: 'cancel the run',
    actWhen: 'starting',
    outcome: always('succeeded'),
    jobs: 1,
    running: never,
  },
  givenUp('the job hangs, and the step says `onStall: stop`', {
    step: { stallAfter: '1s', onStall: 'stop' },
    where: canStop,
    says: /made no progress/,
  }),
  {
    what: 'somebody else stops the job',
    faults: [HANGS],
    act: 'stop the job at AWS',
    where: canStop,
    outcome: always('stopped'),
    jobs: 1,
    running: never,
    says: /Somebody else ended the job/,
  },
  {
    what: 'somebody else deletes the job',
    faults: [HANGS],
    act: 'delete the job at AWS',
    where: canOnlyDelete,
    outcome: always('stopped'),
    jobs: 1,
    running: never,
    says: /Somebody else ended the job/,
  },
  {
    what: 'the service forgets the job',
    faults: [{ call: 'create', fault: 'job-vanishes', times: 1 }],
    outcome: always('lost'),
    jobs: 1,
    running: never,
    says: /no longer knows the job/,
  },
  givenUp('the job cannot be seen for longer than `NIGHTSCORE_BLIND_LIMIT`', {
    faults: [HANGS, { call: 'read', fault: 'access-denied', skip: 1 }],
    readAlone: true,
    outcome: always('left-running'),
    running: () => true,
    says: /could not be seen.*AccessDenied/,
  }),
  givenUp('the service sends an unknown status for longer than `NIGHTSCORE_UNKNOWN_STATUS_LIMIT`', {
    faults: [HANGS, { call: 'read', fault: 'unknown-status', skip: 1 }],
    readAlone: true,
    outcome: always('left-running'),
    running: () => true,
    says: /REBALANCING/,
  }),
  {
    what: 'the results are proven by `verify: true`',
    step: { verify: true },
    outcome: always('succeeded'),
    jobs: 1,
    running: never,
  },
  {
    what: 'the results lack their last line, and the step says `verify: true`',
    faults: [{ call: 'create', fault: 'results-short', times: 1 }],
    step: { verify: true },
    outcome: always('failed'),
    jobs: 1,
    running: never,
    says: /not proven: PARTIAL/,
  },
  {
    what: 'there are no result files, and the step says `verify: true`',
    faults: [{ call: 'create', fault: 'results-missing', times: 1 }],
    step: { verify: true },
    outcome: always('failed'),
    jobs: 1,
    running: never,
    says: /not proven: PARTIAL/,
  },
  {
    what: 'the job exists before its start',
    act: 'create the same job before',
    outcome: always('succeeded'),
    jobs: 1,
    running: never,
  },
  {
    what: 'the job exists before its start, and the look before the create does not show it',
    faults: [{ call: 'read', fault: 'not-found', times: 1 }],
    act: 'create the same job before',
    outcome: always('succeeded'),
    jobs: 1,
    running: never,
  },
  {
    what: 'another job has the id',
    act: 'create another job under its id before',
    outcome: always('rejected'),
    jobs: 1,
    running: never,
    says: /another job under the id.*is .*another.*asked for/,
  },
];
