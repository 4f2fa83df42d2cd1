import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cronProblem, firesAtAll, firesTwiceIn, parseCron } from '../../src/pipeline/cron.ts';

describe('a cron expression', () => {
  test.each([
    '0 2 * * *',
    '*/15 * * * *',
    '0,30 8-18/2 1,15 JAN-MAR,dec mon-FRI',
    '5/10 0 31 12 7',
    '  0  2  *  *  *  ',
    '@daily',
    '@hourly',
  ])('may be %j', (text) => {
    expect(cronProblem(text)).toBeUndefined();
  });

  test.each([
    ['', 'five fields'],
    ['0 2 * *', 'five fields'],
    ['0 0 2 * * *', 'five fields'],
    ['60 2 * * *', '"60" is not allowed as the minute: write 0 to 59'],
    ['0 24 * * *', 'as the hour'],
    ['0 2 0 * *', 'as the day of the month'],
    ['0 2 * 13 *', 'as the month'],
    ['0 2 * * 8', 'as the day of the week'],
    ['0 2 * * MO', 'SUN MON TUE'],
    ['0 5-2 * * *', '"5-2" is not allowed as the hour'],
    ['*/0 2 * * *', 'as the minute'],
    ['1,,2 2 * * *', '"" is not allowed as the minute'],
    ['-1 2 * * *', 'as the minute'],
    ['@nightly', 'is not a shorthand that is known here: @hourly'],
    ['@every 1h', 'is not a shorthand'],
    ['CRON_TZ=Europe/Berlin 0 2 * * *', 'write it as schedule.timezone'],
  ])('cannot be %j', (text, reason) => {
    expect(cronProblem(text)).toContain(reason);
  });

  test('may combine any values within the ranges', () => {
    const field = (min: number, max: number): fc.Arbitrary<string> => {
      const value = fc.integer({ min, max });
      const item = fc.oneof(
        fc.constant('*'),
        value.map(String),
        fc.tuple(value, value).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
        fc.integer({ min: 1, max }).map((step) => `*/${step}`),
      );
      return fc.array(item, { minLength: 1, maxLength: 4 }).map((items) => items.join(','));
    };
    const cron = fc.tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 7));
    fc.assert(
      fc.property(cron, (fields) => {
        expect(cronProblem(fields.join(' '))).toBeUndefined();
      }),
    );
  });

  test('never has more or fewer than five fields', () => {
    const anyCron = fc.array(fc.constantFrom('0', '*', '*/2', '1-5', '1,2'), { maxLength: 8 });
    fc.assert(
      fc.property(anyCron, (fields) => {
        expect(cronProblem(fields.join(' ')) === undefined).toBe(
          fields.length === 5 && !fields.slice(2, 4).includes('0'),
        );
      }),
    );
  });
});

describe('a cron expression fires', () => {
  const everyDay = Array.from({ length: 31 }, (_, index) => index + 1);
  const everyMonth = Array.from({ length: 12 }, (_, index) => index + 1);
  const everyWeekday = [0, 1, 2, 3, 4, 5, 6];

  test.each([
    ['30 2 * * *', { minute: [30], hour: [2], dayOfMonth: everyDay, month: everyMonth, dayOfWeek: everyWeekday }],
    ['*/20 8-12/2 1,15 jan-Mar *', { minute: [0, 20, 40], hour: [8, 10, 12], dayOfMonth: [1, 15], month: [1, 2, 3] }],
    ['5/20 0 * * *', { minute: [5, 25, 45] }],
    ['0 3,1-2,2 * * *', { hour: [1, 2, 3] }],
    ['0 0 * * 7', { dayOfWeek: [0] }],
    ['0 0 * * FRI-7', { dayOfWeek: [0, 5, 6] }],
    ['0 0 * * 1-7', { dayOfWeek: everyWeekday }],
    ['0 0 * * */2', { dayOfWeek: [0, 2, 4, 6] }],
    ['@weekly', { minute: [0], hour: [0], dayOfWeek: [0] }],
    ['@yearly', { dayOfMonth: [1], month: [1] }],
  ])('at the times of %j', (text, times) => {
    expect(parseCron(text)).toMatchObject(times);
  });

  test('never, when it is none', () => {
    expect(() => parseCron('60 2 * * *')).toThrow('is not allowed as the minute');
  });
});

describe('a cron expression that never fires', () => {
  test.each(['0 2 30 2 *', '0 2 30,31 FEB *', '0 2 31 2,4,6,9,11 *'])('is %s', (cron) => {
    expect(firesAtAll(parseCron(cron))).toBe(false);
  });

  test.each(['0 2 29 2 *', '0 2 29 2 MON', '0 2 30 2,3 *', '0 2 30-31 4 *', '0 2 * 2 *'])('is not %s', (cron) => {
    expect(firesAtAll(parseCron(cron))).toBe(true);
  });
});

describe('a cron expression fires more than once', () => {
  test.each([
    ['0 2 * * *', { day: false, hour: false }],
    ['0 2,2 * * MON', { day: false, hour: false }],
    ['0 2,14 * * *', { day: true, hour: false }],
    ['@hourly', { day: true, hour: false }],
    ['0,30 2 * * *', { day: true, hour: true }],
    ['* * * * *', { day: true, hour: true }],
  ])('at %s in a period: %j', (cron, expected) => {
    const times = parseCron(cron);
    expect({ day: firesTwiceIn(times, 'day'), hour: firesTwiceIn(times, 'hour') }).toEqual(expected);
  });
});
