import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import {
  hourKeyIn,
  parseRunKey,
  periodKey,
  periodKeyOfText,
  periodOfKey,
  runKey,
  RunKeyError,
} from '../../src/pipeline/run-key.ts';

const pipelineName = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
const key = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._+:=@~-]{0,30}$/);
const moment = fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
const zone = fc.constantFrom(
  'UTC',
  'Europe/Berlin',
  'Europe/London',
  'America/New_York',
  'America/St_Johns',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Kiritimati',
);

describe('a run key', () => {
  test('is the pipeline and its key', () => {
    expect(runKey('churn-nightly', '2026-11-20')).toBe('churn-nightly/2026-11-20');
  });

  test('gives back what it was made of', () => {
    fc.assert(
      fc.property(pipelineName, key, (pipeline, ofRun) => {
        expect(parseRunKey(runKey(pipeline, ofRun))).toEqual({ pipeline, key: ofRun });
      }),
    );
  });

  test('is either refused or the key of exactly that text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          const { pipeline, key: ofRun } = parseRunKey(text);
          expect(runKey(pipeline, ofRun)).toBe(text);
        } catch (error) {
          expect(error).toBeInstanceOf(RunKeyError);
        }
      }),
    );
  });

  test.each(['churn', '/2026-11-20', 'churn/', 'churn/a/b', 'churn/..', 'Churn/x', '../churn/x'])(
    'cannot be %s',
    (text) => {
      expect(() => parseRunKey(text)).toThrow(RunKeyError);
    },
  );
});

describe('the key of a day', () => {
  test('is the date in the zone of the pipeline, not in UTC', () => {
    const lateEvening = new Date('2026-11-19T23:30:00Z');
    expect(periodKey('day', lateEvening, 'Europe/Berlin')).toBe('2026-11-20');
    expect(periodKey('day', lateEvening, 'America/New_York')).toBe('2026-11-19');
  });

  test('is the same from midnight to midnight, on the days that have 23 and 25 hours too', () => {
    fc.assert(
      fc.property(moment, zone, (at, inZone) => {
        const day = DateTime.fromJSDate(at).setZone(inZone);
        const own = periodKey('day', at, inZone);
        expect(periodKey('day', day.startOf('day').toJSDate(), inZone)).toBe(own);
        expect(periodKey('day', day.endOf('day').toJSDate(), inZone)).toBe(own);
        expect(periodOfKey('day', own)).toEqual({ date: own, start: own });
      }),
    );
  });

  test.each(['2026-13-01', '2026-02-29', '20261120', '2026-11-20T02Z', '2026-11-20 ', 'today'])(
    'cannot be %s',
    (text) => {
      expect(() => periodOfKey('day', text)).toThrow(/is not a day, for example 2026-11-20/);
    },
  );
});

describe('the key of an hour', () => {
  test('names the hour on the clock of the zone, and its offset from UTC', () => {
    expect(periodKey('hour', new Date('2026-11-20T01:59:59Z'), 'Europe/Berlin')).toBe('2026-11-20T02+0100');
    expect(periodKey('hour', new Date('2026-11-20T01:59:59Z'), 'America/New_York')).toBe('2026-11-19T20-0500');
    expect(periodKey('hour', new Date('2026-11-20T01:59:59Z'), 'UTC')).toBe('2026-11-20T01Z');
  });

  test('tells the two hours apart that the autumn night has under one name', () => {
    expect(periodKey('hour', new Date('2026-10-25T00:30:00Z'), 'Europe/Berlin')).toBe('2026-10-25T02+0200');
    expect(periodKey('hour', new Date('2026-10-25T01:30:00Z'), 'Europe/Berlin')).toBe('2026-10-25T02+0100');
  });

  test('stands for the hour that contains the moment it was made of', () => {
    fc.assert(
      fc.property(moment, zone, (at, inZone) => {
        const own = periodKey('hour', at, inZone);
        const start = new Date(periodOfKey('hour', own).start);
        expect(at.getTime() - start.getTime()).toBeGreaterThanOrEqual(0);
        expect(at.getTime() - start.getTime()).toBeLessThan(3_600_000);
      }),
    );
  });

  test('differs from one hour to the next and is allowed as a key', () => {
    fc.assert(
      fc.property(moment, zone, (at, inZone) => {
        const own = periodKey('hour', at, inZone);
        expect(periodKey('hour', new Date(at.getTime() + 3_600_000), inZone)).not.toBe(own);
        expect(parseRunKey(runKey('p', own)).key).toBe(own);
      }),
    );
  });

  test('says date, hour and start', () => {
    expect(periodOfKey('hour', '2026-10-25T02+0100')).toEqual({
      date: '2026-10-25',
      hour: '02',
      start: '2026-10-25T02:00:00+01:00',
    });
  });

  test.each(['2026-10-25', '2026-10-25T24Z', '2026-10-25T02', '2026-10-25T02+0000', '2026-02-30T02Z', '2026-10-25T2Z'])(
    'cannot be %s',
    (text) => {
      expect(() => periodOfKey('hour', text)).toThrow(/is not an hour, for example/);
    },
  );
});

describe('a period as people write it', () => {
  test('is a date for a day', () => {
    expect(periodKeyOfText('day', '2026-11-20', 'Europe/Berlin')).toBe('2026-11-20');
    expect(() => periodKeyOfText('day', '20 November', 'Europe/Berlin')).toThrow(RunKeyError);
  });

  test('is an hour on the clock of the zone, or the whole key', () => {
    expect(periodKeyOfText('hour', '2026-11-20T02', 'Europe/Berlin')).toBe('2026-11-20T02+0100');
    expect(periodKeyOfText('hour', '2026-07-20T02', 'Europe/Berlin')).toBe('2026-07-20T02+0200');
    expect(periodKeyOfText('hour', '2026-10-25T02+0100', 'Europe/Berlin')).toBe('2026-10-25T02+0100');
  });

  test.each([
    ['2026-11-20T01Z', 'Europe/Berlin', '2026-11-20T02+0100'],
    ['2026-11-20T06+0500', 'Europe/Berlin', '2026-11-20T02+0100'],
    ['2026-11-20T02+0200', 'Europe/Berlin', '2026-11-20T01+0100'],
    ['2026-03-29T02+0100', 'Europe/Berlin', '2026-03-29T03+0200'],
    ['2026-11-20T02+0100', 'UTC', '2026-11-20T01Z'],
  ])('%s is in %s the hour %s, which runs once', (text, inZone, own) => {
    expect(periodKeyOfText('hour', text, inZone)).toBe(own);
    expect(hourKeyIn(inZone, own)).toBe(own);
  });

  test('cannot be an hour of another zone that is none here', () => {
    expect(() => periodKeyOfText('hour', '2026-11-20T01Z', 'Asia/Kolkata')).toThrow(
      '"2026-11-20T01Z" is no whole hour in Asia/Kolkata: it is 06:30 on 2026-11-20 there',
    );
  });

  test('is the key that it is, whatever moment and zone it was made of', () => {
    fc.assert(
      fc.property(moment, zone, (at, inZone) => {
        const own = periodKey('hour', at, inZone);
        expect(hourKeyIn(inZone, own)).toBe(own);
      }),
    );
  });

  test('has to say which of the two hours of an autumn night it means', () => {
    expect(() => periodKeyOfText('hour', '2026-10-25T02', 'Europe/Berlin')).toThrow(
      /exists twice in Europe\/Berlin: say 2026-10-25T02\+0[12]00 or 2026-10-25T02\+0[12]00/,
    );
  });

  test('cannot be the hour that a spring night skips', () => {
    expect(() => periodKeyOfText('hour', '2026-03-29T02', 'Europe/Berlin')).toThrow(/does not exist in Europe\/Berlin/);
  });

  test('needs a zone that exists', () => {
    expect(() => periodKey('day', new Date(0), 'Europe/Atlantis')).toThrow(/not an IANA time zone/);
  });
});

test('a pipeline without a period has no period in its keys', () => {
  expect(periodOfKey('none', 'any-key')).toBeUndefined();
});
