import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CATALOG } from '../../src/services/catalog.ts';
import { makeJobId } from '../../src/services/job-id.ts';

const identities = fc.record(
  {
    namespace: fc.string(),
    runKey: fc.string({ unit: 'grapheme' }),
    step: fc.string(),
    fanOutKey: fc.string(),
    attempt: fc.integer({ min: 1, max: 100 }),
  },
  { requiredKeys: ['namespace', 'runKey', 'step', 'attempt'] },
);

test('a job id is readable', () => {
  const identity = { namespace: 'default', runKey: 'churn-nightly/2026-11-20', step: 'score', attempt: 2 };
  expect(makeJobId(identity, 64)).toMatch(/^churn-nightly-2026-11-20-score-2-[0-9a-f]{16}$/);
});

test('a job id fits every service, whatever it is for', () => {
  fc.assert(
    fc.property(identities, (identity) => {
      for (const service of CATALOG.values()) expect(service.jobId(identity)).toMatch(/^[0-9a-z][0-9a-z-]{0,62}$/);
    }),
  );
});

test('a job id depends on every part of the identity and on nothing else', () => {
  fc.assert(
    fc.property(identities, identities, (one, other) => {
      const same = JSON.stringify(Object.values(one)) === JSON.stringify(Object.values(other));
      expect(makeJobId({ ...one }, 64)).toBe(makeJobId(one, 64));
      if (!same) expect(makeJobId(one, 64)).not.toBe(makeJobId(other, 64));
    }),
  );
});

test('parts of an identity cannot run into one another', () => {
  const base = { namespace: 'n', attempt: 1 };
  const one = makeJobId({ ...base, runKey: 'a/b', step: 'c-d' }, 64);
  expect(one).not.toBe(makeJobId({ ...base, runKey: 'a/b-c', step: 'd' }, 64));
});
