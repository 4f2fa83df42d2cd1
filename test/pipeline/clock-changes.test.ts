import { DateTime, IANAZone } from 'luxon';
import { describe, expect, test, vi } from 'vitest';
import { repeatedFirings, shiftedFirings, type LocalMinute } from '../../src/pipeline/clock-changes.ts';
import { parseCron } from '../../src/pipeline/cron.ts';

function text({ year, month, dayOfMonth, hour, minute }: LocalMinute): string {
  return DateTime.utc(year, month, dayOfMonth, hour, minute).toFormat('yyyy-MM-dd HH:mm');
}

function shifted(cron: string, zone: string, year: number): string[] {
  const firings = shiftedFirings(parseCron(cron), zone, [year, year]);
  return firings.map(({ missing, instead }) => `${text(missing)} -> ${text(instead)}`);
}

describe('a cron expression that would not fire on a day', () => {
  test.each([
    ['30 2 * * *', 'Europe/Berlin', 2027, '2027-03-28 02:30 -> 2027-03-28 03:30'],
    ['0 2 * * *', 'America/New_York', 2027, '2027-03-14 02:00 -> 2027-03-14 03:00'],
    ['0,30 2 * * SUN', 'Europe/Berlin', 2027, '2027-03-28 02:00 -> 2027-03-28 03:00'],
    ['15 0 * * *', 'America/Havana', 2027, '2027-03-14 00:15 -> 2027-03-14 01:15'],
    ['15 2 * * *', 'Australia/Lord_Howe', 2027, '2027-10-03 02:15 -> 2027-10-03 02:45'],
    // An hour later it would be the next day.
    ['15 23 * * *', 'America/Nuuk', 2027, '2027-03-27 23:15 -> 2027-03-27 22:59'],
  ])('%s in %s in %i fires as much later as its clock is put forward', (cron, zone, year, expected) => {
    expect(shifted(cron, zone, year)).toEqual([expected]);
  });

  test.each([
    ['fires at another time of the day', '30 1,2 * * *', 'Europe/Berlin'],
    ['does not fire on that day anyway', '30 2 * * MON-SAT', 'Europe/Berlin'],
    ['does not fire within the hour', '0 3 * * *', 'Europe/Berlin'],
    ['is of a zone without summer time', '30 2 * * *', 'Asia/Tokyo'],
    ['is of UTC', '30 2 * * *', 'UTC'],
  ])('stays as it is when it %s', (_, cron, zone) => {
    expect(shifted(cron, zone, 2027)).toEqual([]);
  });

  test('is found in every year that is looked at', () => {
    expect(shiftedFirings(parseCron('30 2 * * *'), 'Europe/Berlin', [2020, 2039])).toHaveLength(20);
  });
});

function minuteText(moment: Date): string {
  return moment.toISOString().slice(0, 16);
}

describe('an hour that the clock shows twice', () => {
  test.each([
    ['30 2 * * *', true],
    ['0,30 2 * * *', true],
    ['30 2,4 * * *', false],
  ])('tells whether %s fires in it only: %s', (cron, isAlone) => {
    expect(repeatedFirings(parseCron(cron), 'Europe/Berlin', [2027, 2027])).toMatchObject([{ isAlone }]);
  });

  test.each([
    ['5 * * * *', 'Europe/Berlin', ['2027-10-31T00:05', '2027-10-31T01:05']],
    ['*/15 * * * *', 'Europe/Berlin', ['2027-10-31T00:00', '2027-10-31T01:00']],
    ['5 * * * *', 'America/New_York', ['2027-11-07T05:05', '2027-11-07T06:05']],
    ['40 * * * *', 'Australia/Lord_Howe', ['2027-04-03T14:40', '2027-04-03T15:10']],
    ['5 0 * * *', 'Europe/Berlin', []],
    ['5 * * * MON', 'Europe/Berlin', []],
    ['5 * * * *', 'UTC', []],
  ])('gives %s in %s both of its moments', (cron, zone, moments) => {
    const found = repeatedFirings(parseCron(cron), zone, [2027, 2027]);
    expect(found.flatMap(({ first, second }) => [minuteText(first), minuteText(second)])).toEqual(moments);
  });
});

test('the days of a zone are walked through once, however many pipelines are of it', () => {
  const looks = vi.spyOn(IANAZone.prototype, 'offset');
  shiftedFirings(parseCron('30 2 * * *'), 'Europe/Lisbon', [2027, 2027]);
  expect(looks.mock.calls.length).toBeGreaterThan(364);
  looks.mockClear();
  repeatedFirings(parseCron('30 2 * * *'), 'Europe/Lisbon', [2027, 2027]);
  expect(shiftedFirings(parseCron('30 1 * * *'), 'Europe/Lisbon', [2027, 2027])).toHaveLength(1);
  expect(looks).not.toHaveBeenCalled();
  looks.mockRestore();
});
