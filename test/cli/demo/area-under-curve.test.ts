import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areaUnderCurve } from '../../../src/cli/demo/area-under-curve.ts';

describe('areaUnderCurve', () => {
  it.each([
    { of: 'scores that tell all apart', positive: [false, false, true, true], scores: [0.1, 0.2, 0.3, 0.4], area: 1 },
    { of: 'scores that are all the wrong way round', positive: [true, false], scores: [0.1, 0.9], area: 0 },
    { of: 'equal scores', positive: [true, false, true], scores: [0.5, 0.5, 0.5], area: 0.5 },
    // The example of scikit-learn's roc_auc_score.
    { of: 'a known example', positive: [false, false, true, true], scores: [0.1, 0.4, 0.35, 0.8], area: 0.75 },
    { of: 'a tie, which counts half', positive: [true, false, false], scores: [0.7, 0.7, 0.1], area: 0.75 },
  ])('is $area for $of', ({ positive, scores, area }) => {
    expect(areaUnderCurve(positive, scores)).toBeCloseTo(area, 12);
  });

  it('is the share of pairs in which the positive has the higher score, a tie counting half', () => {
    const records = fc.array(fc.record({ positive: fc.boolean(), score: fc.integer({ min: 0, max: 20 }) }), {
      minLength: 2,
      maxLength: 60,
    });
    fc.assert(
      fc.property(records, (some) => {
        const positives = some.filter(({ positive }) => positive);
        const negatives = some.filter(({ positive }) => !positive);
        fc.pre(positives.length > 0 && negatives.length > 0);
        const pairs = positives.flatMap((one) =>
          negatives.map((other) => (Math.sign(one.score - other.score) + 1) / 2),
        );
        const share = pairs.reduce((sum, pair) => sum + pair, 0) / pairs.length;
        const area = areaUnderCurve(
          some.map(({ positive }) => positive),
          some.map(({ score }) => score),
        );
        expect(area).toBeCloseTo(share, 10);
      }),
    );
  });

  it('refuses labels of one kind only, and labels without a score for each', () => {
    expect(() => areaUnderCurve([true, true], [0.1, 0.2])).toThrow(/a positive and a negative/);
    expect(() => areaUnderCurve([true, false], [0.1])).toThrow('There are 2 labels but 1 scores.');
  });
});
