import { describe, expect, it } from 'vitest';
import { changeLines } from '../../../src/cli/view/change-lines.ts';
import type { JobRecords } from '../../../src/pipeline/job.ts';
import { job, NOW, report, step } from './reports.ts';

const WHEN = { now: NOW, expectedEnds: new Map<string, Date>() };
const TIME = NOW.toTimeString().slice(0, 8);

function running(records?: JobRecords) {
  const started = job({ startedAt: '2026-11-20T02:00:00.000Z', ...(records && { records }) });
  return report({ score: step({ state: 'running', attempt: 1, job: started }), publish: step() });
}

function withoutTimes(lines: string[]): string[] {
  return lines.map((line) => line.replaceAll(/\d\d:\d\d:\d\d/g, 'TIME'));
}

describe('changeLines', () => {
  it('says what the steps of a run are doing at first, less those that wait', () => {
    expect(changeLines(undefined, running(), WHEN)).toEqual([`${TIME}  tumor-screening/2026-11-20  score  running`]);
  });

  it('says once why nothing can be seen of a run', () => {
    const alone = report({}, { error: 'No worker could say more about this run.' });
    expect(changeLines(undefined, alone, WHEN)).toEqual([
      `${TIME}  tumor-screening/2026-11-20  No worker could say more about this run.`,
    ]);
    expect(changeLines(alone, alone, WHEN)).toEqual([]);
  });

  it('says nothing when nothing changed', () => {
    expect(changeLines(running(), running(), WHEN)).toEqual([]);
  });

  it('tells progress at each tenth of the records, with the expected end', () => {
    const at = (processed: number) => running({ total: 1000, processed });
    const expectedEnds = new Map([['score', new Date(NOW.getTime() + 60_000)]]);
    expect(changeLines(at(110), at(190), { now: NOW, expectedEnds })).toEqual([]);
    expect(withoutTimes(changeLines(at(190), at(250), { now: NOW, expectedEnds }))).toEqual([
      'TIME  tumor-screening/2026-11-20  score  running, 250 of 1,000 records, expected end TIME',
    ]);
  });

  it.each([
    { records: { processed: 71 }, text: 'running, 71 records so far' },
    { records: { processed: 1 }, text: 'running, 1 record so far' },
    { records: { total: 1, processed: 0 }, text: 'running, 0 of 1 record' },
    { records: { total: 4000, processed: 4000, invalid: 24 }, text: 'running, 4,000 records, 24 invalid' },
  ])('says what it knows of the records: $text', ({ records, text }) => {
    expect(changeLines(undefined, running(records), WHEN)).toEqual([
      `${TIME}  tumor-screening/2026-11-20  score  ${text}`,
    ]);
  });

  it('says what a job that has ended came to, not how far it is', () => {
    const ended = job({ records: { processed: 284 }, noticedAt: NOW.toISOString() });
    const failed = report({ score: step({ state: 'ended', outcome: 'failed', attempt: 1, job: ended }) });
    expect(withoutTimes(changeLines(undefined, failed, WHEN))).toEqual([
      'TIME  tumor-screening/2026-11-20  score  failed, 284 records',
    ]);
  });

  it('does not show what the job before came to as progress of a new attempt', () => {
    const before = job({ records: { total: 285, processed: 284 }, noticedAt: NOW.toISOString() });
    const retried = report({ score: step({ state: 'starting', attempt: 2, job: before }) });
    expect(withoutTimes(changeLines(undefined, retried, WHEN))).toEqual([
      'TIME  tumor-screening/2026-11-20  score  starting #2',
    ]);
  });

  it('tells a warning once, when it is new', () => {
    const warned = (...warnings: string[]) => report({ score: step({ state: 'running', attempt: 1, warnings }) });
    expect(withoutTimes(changeLines(warned('one'), warned('one', 'two\nlines'), WHEN))).toEqual([
      'TIME  tumor-screening/2026-11-20  score  warning: two lines',
    ]);
  });

  it('tells once what a start waits behind, and again of another wait', () => {
    const waiting = (ahead: number, since = NOW) =>
      report({
        score: step({ state: 'queued (quota)', attempt: 1, place: { since: since.toISOString(), running: 1, ahead } }),
      });
    expect(changeLines(undefined, waiting(2), WHEN)).toEqual([
      `${TIME}  tumor-screening/2026-11-20  score  queued (quota)`,
      expect.stringMatching(/ score {2}waits for a place since .*, behind 1 running job and 2 that wait$/),
    ]);
    expect(changeLines(waiting(2), waiting(1), WHEN)).toEqual([]);
    expect(changeLines(waiting(1), waiting(3, new Date(NOW.getTime() + 1)), WHEN)).toHaveLength(1);
  });

  it('tells how a step ended, and why', () => {
    const failed = report({
      score: step({ state: 'ended', outcome: 'failed', attempt: 1, error: 'Access\ndenied' }),
      publish: step(),
    });
    expect(changeLines(running(), failed, WHEN)).toEqual([
      `${TIME}  tumor-screening/2026-11-20  score  failed: Access denied`,
    ]);
  });

  it('tells how the run ended, last and once', () => {
    const ended = report(
      { publish: step({ state: 'ended', outcome: 'skipped' }) },
      { outcome: 'failed', error: 'No worker' },
    );
    expect(changeLines(running(), ended, WHEN).at(-1)).toBe(`${TIME}  tumor-screening/2026-11-20  failed: No worker`);
  });
});
