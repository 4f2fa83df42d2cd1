import { describe, expect, it } from 'vitest';
import { expectedEndsAtFirstLook, Forecast } from '../../../src/cli/view/expected-end.ts';
import type { JobRecords } from '../../../src/pipeline/job.ts';
import { job, NOW, report, step } from './reports.ts';

function at(seconds: number): Date {
  return new Date(NOW.getTime() + seconds * 1000);
}

function running(records: JobRecords, id = 'job-1') {
  return report({
    score: step({ state: 'running', attempt: 1, job: job({ id, records, startedAt: NOW.toISOString() }) }),
  });
}

/** What a forecast says after looks at so many seconds. */
function forecast(looks: [seconds: number, records: JobRecords, job?: string][]): Date | undefined {
  const made = new Forecast();
  const ends = looks.map(([seconds, records, id]) => made.look(running(records, id), at(seconds)));
  return ends.at(-1)?.get('score');
}

describe('Forecast', () => {
  it('goes by how fast records were done while it looked, not by the time that the service took to get ready', () => {
    const looks: [number, JobRecords][] = [
      [0, { total: 100, processed: 0 }],
      [60, { total: 100, processed: 10 }],
      [61, { total: 100, processed: 20 }],
    ];
    expect(forecast(looks)).toEqual(at(69));
  });

  it('does not move while the count stands still between two reports of the service', () => {
    const looks: [number, JobRecords][] = [
      [0, { total: 100, processed: 0 }],
      [10, { total: 100, processed: 10 }],
      [20, { total: 100, processed: 20 }],
    ];
    expect(forecast([...looks, [29, { total: 100, processed: 20 }]])).toEqual(forecast(looks));
  });

  it('does not take a count that was there before the first look for new', () => {
    const looks: [number, JobRecords][] = [
      [0, { total: 100, processed: 10 }],
      [1, { total: 100, processed: 20 }],
    ];
    expect(forecast(looks)).toBeUndefined();
    expect(forecast([...looks, [11, { total: 100, processed: 30 }]])).toEqual(at(81));
  });

  it.each([
    {
      of: 'a job of which only one count was seen',
      looks: [
        [0, {}],
        [5, { total: 9, processed: 3 }],
      ],
    },
    {
      of: 'a service that does not say how many records there are',
      looks: [
        [0, {}],
        [1, { processed: 1 }],
        [2, { processed: 2 }],
      ],
    },
    {
      of: 'a service that does not count',
      looks: [
        [0, {}],
        [9, {}],
      ],
    },
  ] satisfies { of: string; looks: [number, JobRecords][] }[])('expects nothing of $of', ({ looks }) => {
    expect(forecast(looks)).toBeUndefined();
  });

  it('starts anew with another job of the step', () => {
    const looks: [number, JobRecords, string][] = [
      [0, { total: 100, processed: 0 }, 'job-1'],
      [1, { total: 100, processed: 10 }, 'job-1'],
      [2, { total: 100, processed: 20 }, 'job-1'],
    ];
    expect(forecast([...looks, [100, { total: 100, processed: 5 }, 'job-2']])).toBeUndefined();
  });

  it('expects nothing of the job before while a new attempt starts', () => {
    const made = new Forecast();
    made.look(running({ total: 9, processed: 1 }), at(0));
    made.look(running({ total: 9, processed: 2 }), at(1));
    made.look(running({ total: 9, processed: 3 }), at(2));
    const ended = job({ id: 'job-1', records: { total: 9, processed: 4 }, noticedAt: NOW.toISOString() });
    const retried = report({ score: step({ state: 'starting', attempt: 1, job: ended }) });
    expect(made.look(retried, at(3)).size).toBe(0);
  });

  it('expects nothing more of a step that has ended', () => {
    const made = new Forecast();
    made.look(running({ total: 9, processed: 1 }), at(0));
    made.look(running({ total: 9, processed: 2 }), at(1));
    made.look(running({ total: 9, processed: 3 }), at(2));
    const ended = report({
      score: step({ state: 'ended', outcome: 'stopped', job: job({ records: { total: 9, processed: 4 } }) }),
    });
    expect(made.look(ended, at(3)).size).toBe(0);
  });
});

describe('expectedEndsAtFirstLook', () => {
  it('takes the job to have worked evenly since it started', () => {
    expect(expectedEndsAtFirstLook(running({ total: 100, processed: 25 }), at(10)).get('score')).toEqual(at(40));
  });

  it('expects nothing before the first record', () => {
    expect(expectedEndsAtFirstLook(running({ total: 100, processed: 0 }), at(10)).size).toBe(0);
  });
});
