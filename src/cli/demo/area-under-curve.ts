/**
 * The area under the ROC curve: how probable it is that a random positive has a higher score than a random negative, a tie
 * counting half. 1 is perfect, 0.5 is guessing. Computed from ranks (the Mann-Whitney statistic), tied scores sharing their mean rank.
 * Throws a RangeError when there is not a score for each label, or not a positive and a negative.
 */
export function areaUnderCurve(positive: readonly boolean[], scores: readonly number[]): number {
  if (positive.length !== scores.length) {
    throw new RangeError(`There are ${positive.length} labels but ${scores.length} scores.`);
  }
  const positives = positive.filter(Boolean).length;
  const negatives = positive.length - positives;
  if (positives === 0 || negatives === 0) throw new RangeError('There must be a positive and a negative label.');
  const ranks = meanRanks(scores);
  const rankSum = ranks.reduce((sum, rank, index) => (positive[index] ? sum + rank : sum), 0);
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** The rank of each score from 1, equal scores sharing the mean of theirs. */
function meanRanks(scores: readonly number[]): number[] {
  const places = new Map<number, { first: number; last: number }>();
  for (const [index, score] of scores.toSorted((a, b) => a - b).entries()) {
    const first = places.get(score)?.first ?? index + 1;
    places.set(score, { first, last: index + 1 });
  }
  return scores.map((score) => {
    const { first, last } = places.get(score) ?? { first: Number.NaN, last: Number.NaN };
    return (first + last) / 2;
  });
}
