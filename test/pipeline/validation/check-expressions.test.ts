import { describe, expect, test } from 'vitest';
import { formatProblem, parsePipeline } from '../../../src/pipeline/validation/parse.ts';
import { EXAMPLE_USES } from '../example-uses.ts';

interface Around {
  period?: string;
  if?: string;
}

/** The problems of a step `mail` with this message, which needs `copy`, which needs `score`. */
function problemsOf(message: string, around: Around = {}): string[] {
  const text = `name: p
period: ${around.period ?? 'day'}
params: { bucket: { type: string }, days: { type: integer }, rate: { type: number } }
steps:
  other: { uses: s3/copy, with: { from: s3://a/b/, to: s3://a/c/ } }
  score:
    uses: fraud-detector/batch-prediction
    with: { inputPath: s3://a/b, outputPath: s3://a/c, detectorName: d }
  copy: { uses: s3/copy, needs: [score], with: { from: s3://a/b/, to: s3://a/c/ } }
  mail:
    uses: sns/publish
    needs: [copy]
    if: ${around.if ?? 'always()'}
    with:
      TopicArn: topic
      Message: ${message}
`;
  return parsePipeline(text, { file: 'p.yaml', uses: EXAMPLE_USES }).problems.map(formatProblem);
}

describe('expressions that name what is there are accepted', () => {
  test.each([
    '${{ run.id }} ${{ run.pipeline }} ${{ run.key }} ${{ run.timezone }} ${{ run.date }}',
    '${{ params.bucket }}/${{ params.days + 1 }}/${{ params.rate * 2.0 }}',
    '${{ steps.copy.outcome }} ${{ steps.copy.copied }} ${{ steps.copy.to }}',
    '${{ steps.score.jobId }} ${{ steps.score.records.total }} ${{ steps.score.error }}',
    '${{ steps["score"].attempt }}',
    '\'${{ has(steps.score.outputUri) ? steps.score.outputUri : "nothing" }}\'',
    '"${{ [1, 2].map(n, n * 2).exists(n, n > params.days) }}"',
    '$${{ anything }}',
  ])('%s', (message) => {
    expect(problemsOf(message)).toEqual([]);
  });

  test('an hourly pipeline sees its hour', () => {
    expect(problemsOf('${{ run.hour }} ${{ addHours(run.start, -1) }}', { period: 'hour' })).toEqual([]);
  });
});

describe('expressions that cannot be evaluated are told with the place of the offending part', () => {
  const at = (column: number): string => `p.yaml:16:${column} steps.mail.with.Message: `;

  test.each([
    ['${{ run.dat }}', `${at(24)}run has no dat; it has id, pipeline, key, timezone, date (did you mean date?)`],
    ['x ${{ runn.date }}', `${at(22)}there is no runn; expressions see run, params and steps (did you mean run?)`],
    ['${{ run.hour }}', `${at(24)}run.hour is there in hourly pipelines only (period: hour)`],
    ['${{ params.buket }}', `${at(27)}params has no buket; it has bucket, days, rate (did you mean bucket?)`],
    ['${{ params.toString }}', `${at(27)}params has no toString; it has bucket, days, rate`],
    ['${{ steps.other.outcome }}', `${at(26)}step other is not among the needs of step mail; add it there`],
    ['${{ steps.mail.outcome }}', `${at(26)}a step cannot see itself`],
    ['${{ steps.scor.outcome }}', `${at(26)}steps has no scor; it has score, copy (did you mean score?)`],
    ['${{ has(steps.scor.jobId) }}', `${at(30)}steps has no scor; it has score, copy (did you mean score?)`],
    ['${{ steps["scor"].jobId }}', `${at(26)}steps has no scor; it has score, copy (did you mean score?)`],
    [
      '${{ steps.copy.jobId }}',
      `${at(31)}steps.copy has no jobId; it has to, copied, outcome, attempt, message, error`,
    ],
    ['${{ steps.score.records.invalid }}', `${at(40)}fraud-detector/batch-prediction does not report records.invalid`],
    ['${{ run.date + 1 }}', `${at(20)}not a valid expression: no such overload: string + int`],
    ['${{ params.rate + 1 }}', `${at(20)}not a valid expression: no such overload: double + int`],
    ['${{ run.date + }}', `${at(31)}the expression ends too early`],
    ['${{ }}', `${at(19)}the expression is empty`],
    ['a ${{ run.date', `${at(18)}\${{ is not closed by }}; write $\${{ for the letters \${{`],
    ['${{ null }}', `${at(19)}null is no value; leave the key out instead`],
    ['a ${{ [1] }}', `${at(21)}a list or mapping cannot be part of a longer text`],
    ['a ${{ run }}', `${at(21)}a list or mapping cannot be part of a longer text`],
    ['${{ addDay(run.date, 1) }}', expect.stringMatching(/p\.yaml:16:20 .* \(did you mean addDays\?\)$/)],
    ['${{ addDays(run.date, "1") }}', expect.stringContaining('it is addDays(string, int): string')],
    ['"\\u0061 ${{ run.dat }}"', expect.stringContaining('p.yaml:16:32 steps.mail.with.Message: run has no dat')],
    ['|\n        one\n        two ${{ run.dat }}', expect.stringContaining('p.yaml:18:21 steps.mail.with.Message')],
    ['>\n        one ${{\n          run.dat }}', expect.stringContaining('p.yaml:17:13 steps.mail.with.Message')],
  ])('%s', (message, problem) => {
    expect(problemsOf(message)).toEqual([problem]);
  });

  test('all of them, not the first only', () => {
    expect(problemsOf('${{ run.a + run.b }} ${{ params.c }}')).toHaveLength(3);
  });

  test('a pipeline without a period has no date', () => {
    expect(problemsOf('${{ run.date }}', { period: 'none' })).toEqual([
      `${at(24)}run.date is there in pipelines with a period only (period: day or hour)`,
    ]);
  });
});

describe('conditions', () => {
  test.each(['failed()', '${{ failed() }}', 'steps.score.records.total > 10 && run.date == endOfMonth(run.date)'])(
    '%s is one',
    (condition) => {
      expect(problemsOf('x', { if: condition })).toEqual([]);
    },
  );

  test.each([
    ['run.date', 'p.yaml:13:9 steps.mail.if: a condition must be true or false, but this is of type string'],
    ['${{ run.dat == "" }}', expect.stringContaining('p.yaml:13:17 steps.mail.if: run has no dat')],
    [
      'failed( )) ',
      expect.stringContaining('p.yaml:13:18 steps.mail.if: not a valid expression: Unexpected character'),
    ],
    ['${{ failed() }} && true', expect.stringContaining('p.yaml:13:9 steps.mail.if: not a valid expression')],
  ])('%s is none', (condition, problem) => {
    expect(problemsOf('x', { if: condition })).toEqual([problem]);
  });
});
