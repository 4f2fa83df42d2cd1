import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatProblem, parsePipeline } from '../../../src/pipeline/validation/parse.ts';
import { EXAMPLE_USES } from '../example-uses.ts';

function parse(text: string) {
  return parsePipeline(text, { file: 'p.yaml', uses: EXAMPLE_USES });
}

function problemsOf(text: string): string[] {
  return parse(text).problems.map(formatProblem);
}

/** A valid pipeline around what a test is about: one copy step, whose lines begin at line 4, and what follows it. */
function aroundStep(lines: string, rest = ''): string {
  return `name: p\nsteps:\n  copy:\n    uses: s3/copy\n    with: { from: s3://a/b/, to: s3://a/c/ }\n${lines}${rest}`;
}

const CHURN = `name: churn-nightly
description: Score every customer before the morning campaign
period: day
schedule: { cron: "0 2 * * *", timezone: Europe/Berlin, overlap: skip, catchupWindow: 6h }
params:
  bucket: { type: string, default: acme-scores }
steps:
  score:
    uses: machine-learning/batch-prediction
    with:
      MLModelId: ml-churn-7
      BatchPredictionDataSourceId: ds-customers-\${{ run.date }}
      OutputUri: s3://\${{ params.bucket }}/churn/\${{ run.date }}/
    timeout: 6h                     # of one job attempt, queueing included
    retry: { maxAttempts: 2 }       # job attempts; default 1, and only for causes on the service's side
    gate: { maxInvalidRatio: 0.01, minRecords: 1000 }
  publish:
    uses: s3/copy
    needs: [score]
    with: { from: "\${{ steps.score.outputUri }}", to: "s3://\${{ params.bucket }}/latest/" }
  alert:
    uses: sns/publish
    needs: [score, publish]
    if: failed()
    with: { TopicArn: "...", Message: "churn \${{ run.date }}: \${{ steps.score.message }}" }
`;

describe('a valid pipeline file', () => {
  test('gives its definition, with texts as they were written', () => {
    const { definition, problems } = parse(CHURN);
    expect(problems).toEqual([]);
    expect(definition?.name).toBe('churn-nightly');
    expect(Object.keys(definition?.steps ?? {})).toEqual(['score', 'publish', 'alert']);
    expect(definition?.steps['score']?.with['OutputUri']).toBe('s3://${{ params.bucket }}/churn/${{ run.date }}/');
  });

  test('may begin with a byte order mark, end lines the Windows way, and use a few aliases', () => {
    const text = 'name: p\nsteps:\n  a: &a\n    uses: s3/copy\n    with: { from: s3://a/b/, to: s3://a/c/ }\n  b: *a\n';
    expect(problemsOf(`\uFEFF${text.replaceAll('\n', '\r\n')}`)).toEqual([]);
  });
});

describe('every problem of a file is told at once, in the order of the file', () => {
  test('with position, path, reason and suggestion', () => {
    const text = `name: Churn Nightly
descripton: x
period: days
schedule: { cron: "0 25 * * *", timezone: Europe/Berlni, overlap: skp, catchupWindow: 6 h }
params:
  days: { type: integer, default: "7" }
steps:
  score:
    uses: machine-learning/batch-predicton
    needs: scor
    if: failedd()
    with: {}
    timeout: 6 hours
    retry: { maxAttempts: 0 }
`;
    expect(problemsOf(text)).toEqual([
      expect.stringContaining('p.yaml:1:7 name: "Churn Nightly" is not allowed: a pipeline name is 1 to 63'),
      'p.yaml:2:1 descripton: unknown key (did you mean description?)',
      'p.yaml:3:9 period: must be day, hour or none, not "days" (did you mean day?)',
      expect.stringContaining('p.yaml:4:19 schedule.cron: "25" is not allowed as the hour'),
      'p.yaml:4:43 schedule.timezone: "Europe/Berlni" is not an IANA time zone such as Europe/Berlin',
      expect.stringMatching(/^p\.yaml:4:67 schedule\.overlap: must be skip, .* \(did you mean skip\?\)$/),
      expect.stringContaining('p.yaml:4:87 schedule.catchupWindow: "6 h" is not a duration'),
      'p.yaml:6:35 params.days.default: must be an integer, not "7"',
      expect.stringMatching(
        /^p\.yaml:9:11 steps\.score\.uses: there is no service .* \(did you mean machine-learning\/batch-prediction\?\)$/,
      ),
      'p.yaml:10:12 steps.score.needs: must be a list, not "scor"',
      expect.stringMatching(/^p\.yaml:11:9 steps\.score\.if: not a valid expression: .* \(did you mean failed\?\)$/),
      expect.stringContaining('p.yaml:13:14 steps.score.timeout: "6 hours" is not a duration'),
      'p.yaml:14:27 steps.score.retry.maxAttempts: must be at least 1',
    ]);
  });

  test.each([
    ['', 'p.yaml:1:1: the file is empty'],
    ['# only a comment', 'p.yaml:1:1: the file is empty'],
    ['- a', 'p.yaml:1:1: must be a mapping, not a list'],
    ['name: p', 'p.yaml:1:1 steps: is missing'],
    ['name: p\nsteps: {}', 'p.yaml:2:8 steps: is empty: a pipeline needs at least one step'],
    ['name: p\nsteps: { a: { uses: s3/copy } }', 'p.yaml:2:10 steps.a.with: is missing'],
    [aroundStep('    region: Ireland\n'), 'p.yaml:6:13 steps.copy.region: must be an AWS region such as eu-west-1'],
    [aroundStep('    gate: {}\n'), 'p.yaml:6:11 steps.copy.gate: has no condition: name at least one, or leave it out'],
    [aroundStep('    if: true\n'), 'p.yaml:6:9 steps.copy.if: must be a text, not true'],
    [
      aroundStep('    colour: red\n'),
      'p.yaml:6:5 steps.copy.colour: unknown key; known here are uses, description, needs, if, with, region, timeout, retry, gate, verify, preflight, stallAfter, onStall, onCancel',
    ],
    [aroundStep('', 'params: { a: { default: 1 } }\n'), 'p.yaml:6:11 params.a.type: is missing'],
    [
      aroundStep('', 'params: { a: { type: string, default: [] } }\n'),
      'p.yaml:6:39 params.a.default: must be a text, a number or true or false, not a list',
    ],
  ])('%j', (text, problem) => {
    expect(problemsOf(text)).toContain(problem);
  });
});

describe('YAML that cannot be read is told with its place', () => {
  test.each([
    ['name: p\nname: q\n- x\n', expect.stringContaining('p.yaml:3:1: not valid YAML')],
    ['name: p\n---\nname: q\n', 'p.yaml:2:1: a file holds one pipeline: take out the --- and what follows it'],
    ['name:\n\tx: 1\n', 'p.yaml:2:1: not valid YAML: Tabs are not allowed as indentation'],
    ['name: !secret x\n', 'p.yaml:1:7: tags are not supported: Unresolved tag: !secret'],
    ['? [a]\n: b\n', 'p.yaml:1:3: a key must be a text'],
    ['name: *nowhere\n', expect.stringContaining('Unresolved alias')],
    ['name: "p\n', expect.stringContaining('p.yaml:2:1: not valid YAML: Missing closing "quote')],
    ['__proto__: 1\n', 'p.yaml:1:1: must not have the key __proto__'],
    [
      aroundStep('    retry: { maxAttempts: .inf }\n'),
      expect.stringContaining('must be a finite number, not Infinity'),
    ],
    [
      'steps: { a: { with: { from: ${{ run.date }} } } }\n',
      expect.stringContaining('put the text with ${{ }} in quotes'),
    ],
  ])('%j', (text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });

  test('a repeated key hides no other problem', () => {
    expect(problemsOf('name: p\nname: P\nstep: {}\n')).toEqual([
      'p.yaml:1:1 steps: is missing',
      'p.yaml:2:1: "name" stands here twice',
      expect.stringContaining('p.yaml:2:7 name: "P" is not allowed'),
      'p.yaml:3:1 step: unknown key (did you mean steps?)',
    ]);
  });
});

describe('needs', () => {
  const steps = (needs: Record<string, string>): string =>
    `name: p\nsteps:\n${Object.entries(needs)
      .map(([id, list]) => `  ${id}: { needs: [${list}], uses: sns/publish, with: { TopicArn: t, Message: m } }\n`)
      .join('')}`;

  test.each([
    [{ a: 'a' }, ['p.yaml:3:16 steps.a.needs[0]: a step cannot need itself']],
    [{ a: '', score: '', c: 'scor' }, ['p.yaml:5:16 steps.c.needs[0]: there is no step "scor" (did you mean score?)']],
    [{ a: '', b: 'a, a' }, ['p.yaml:4:19 steps.b.needs[1]: a is named twice']],
    [{ a: 'constructor' }, ['p.yaml:3:16 steps.a.needs[0]: there is no step "constructor"']],
    [
      { a: 'c', b: 'a', c: 'b' },
      ['p.yaml:3:16 steps.a.needs[0]: these steps need each other and could never begin: a -> c -> b -> a'],
    ],
    [
      { a: 'b', b: 'a', x: 'y', y: 'x' },
      [
        'p.yaml:3:16 steps.a.needs[0]: these steps need each other and could never begin: a -> b -> a',
        'p.yaml:5:16 steps.x.needs[0]: these steps need each other and could never begin: x -> y -> x',
      ],
    ],
  ])('%j', (needs, problems) => {
    expect(problemsOf(steps(needs))).toEqual(problems);
  });
});

describe('what a step is given', () => {
  const withOf = (uses: string, members: string): string =>
    `name: p\nparams: { n: { type: integer } }\nsteps:\n  a:\n    uses: ${uses}\n    with: ${members}\n`;

  test('is held to the constraints of AWS, member by member', () => {
    const members = '{ MLModelId: "", MLModelld: x, BatchPredictionDataSourceId: a b, OutputUri: s3:/x }';
    expect(problemsOf(withOf('machine-learning/batch-prediction', members))).toEqual([
      'p.yaml:6:24 steps.a.with.MLModelId: must have at least 1 character',
      'p.yaml:6:28 steps.a.with.MLModelld: unknown key (did you mean MLModelId?)',
      'p.yaml:6:71 steps.a.with.BatchPredictionDataSourceId: may hold letters, digits, hyphens, underscores and dots only',
      'p.yaml:6:87 steps.a.with.OutputUri: must be an S3 URI such as s3://bucket/folder/',
    ]);
  });

  test('is not judged where an expression stands, whatever type the member has', () => {
    const members =
      '{ solutionVersionArn: "${{ run.key }}", numResults: "${{ params.n }}", batchInferenceJobMode: "${{ run.key }}", jobInput: { s3DataSource: { path: "${{ run.key }}" } } }';
    expect(problemsOf(withOf('personalize/batch-inference', members))).toEqual([]);
    expect(problemsOf(withOf('s3/copy', '{ from: "${{ run.key }}", to: s3://a/b/ }'))).toEqual([]);
  });

  test('must have every member and no other, expressions or not', () => {
    const members = '{ solutionVersionArn: "${{ run.key }}", jobInput: { s3DataSource: { pth: "${{ run.key }}" } } }';
    expect(problemsOf(withOf('personalize/batch-inference', members))).toEqual([
      'p.yaml:6:63 steps.a.with.jobInput.s3DataSource.path: is missing',
      'p.yaml:6:79 steps.a.with.jobInput.s3DataSource.pth: unknown key (did you mean path?)',
    ]);
  });

  test('is judged across members when nothing in it is an expression', () => {
    expect(problemsOf(withOf('s3/copy', '{ from: s3://a/b/, to: s3://a/c }'))).toEqual([
      'p.yaml:6:34 steps.a.with.to: must end with a slash if and only if `from` does',
    ]);
  });

  test('suggests the nearest of the values that a member may have', () => {
    const members =
      '{ solutionVersionArn: x, batchInferenceJobMode: BATCH_INFERENZE, jobInput: { s3DataSource: { path: s3://a/b } } }';
    expect(problemsOf(withOf('personalize/batch-inference', members))).toEqual([
      'p.yaml:6:59 steps.a.with.batchInferenceJobMode: must be BATCH_INFERENCE or THEME_GENERATION, not "BATCH_INFERENZE" (did you mean BATCH_INFERENCE?)',
    ]);
  });
});

describe('keys that need a service to back them', () => {
  test('a gate can only look at what its service counts', () => {
    const text = `name: p
steps:
  fraud:
    uses: fraud-detector/batch-prediction
    with: { inputPath: s3://a/b, outputPath: s3://a/c, detectorName: d }
    gate: { maxInvalid: 3, minRecords: 10 }
`;
    expect(problemsOf(text)).toEqual([
      'p.yaml:6:13 steps.fraud.gate.maxInvalid: can never be checked: fraud-detector/batch-prediction does not report the number of invalid records',
    ]);
  });

  test.each(['timeout: 1h', 'retry: { maxAttempts: 2 }', 'gate: { minRecords: 1 }', 'onCancel: stop'])(
    'a follow-up has no %s',
    (key) => {
      const name = key.slice(0, key.indexOf(':'));
      expect(problemsOf(aroundStep(`    ${key}\n`))).toEqual([
        `p.yaml:6:5 steps.copy.${name}: means something for jobs only, and s3/copy is a follow-up`,
      ]);
    },
  );

  test.each([
    ['timezone: europe/berlin', 'timezone: "europe/berlin" is not how this zone is written: write Europe/Berlin'],
    ['timezone: "+01:00"', 'timezone: "+01:00" is not an IANA time zone'],
    ['timezone: PST', 'timezone: "PST" is not an IANA time zone: write America/Los_Angeles'],
    ['timezone: US/Pacific-New', 'timezone: "US/Pacific-New" is not an IANA time zone: write America/Los_Angeles'],
    ['catchupWindow: 5s', 'catchupWindow: "5s" is too short: it must be at least 10s'],
    ['jitter: often', 'jitter: "often" is not a duration'],
    ['pauseOnFailure: always', 'pauseOnFailure: must be true or false'],
    ['overlap: allow-all, pauseOnFailure: true', 'pauseOnFailure: does nothing with overlap: allow-all'],
    ['startAt: tomorrow', 'startAt: "tomorrow" is not a moment'],
    ['startAt: 2026-12-02, endAt: 2026-12-01', 'endAt: must be later than startAt, 2026-12-02'],
  ])('a schedule cannot have %s', (keys, problem) => {
    const problems = problemsOf(aroundStep('', `schedule: { cron: "@daily", ${keys} }\n`));
    expect(problems).toEqual([expect.stringContaining(`schedule.${problem}`)]);
  });

  test('a schedule cannot have a cron that never fires', () => {
    expect(problemsOf(aroundStep('', 'schedule: { cron: 0 2 30 2 * }\n'))).toEqual([
      'p.yaml:6:19 schedule.cron: "0 2 30 2 *" never fires: there is no such day of the month',
    ]);
  });

  test('a schedule whose starts end each other has one start in a period', () => {
    const problems = (period: string, cron: string, overlap: string) =>
      problemsOf(aroundStep('', `period: ${period}\nschedule: { cron: "${cron}", overlap: ${overlap} }\n`));
    expect(problems('day', '0 * * * *', 'cancel-other')).toEqual([
      `p.yaml:7:41 schedule.overlap: cancel-other would end the period's own run: "0 * * * *" fires more than once a day, and each day runs once; write overlap: skip, a cron that fires once a day, or period: hour`,
    ]);
    expect(problems('hour', '* * * * *', 'terminate-other')).toEqual([
      `p.yaml:7:41 schedule.overlap: terminate-other would end the period's own run: "* * * * *" fires more than once an hour, and each hour runs once; write overlap: skip, or a cron that fires once an hour`,
    ]);
    expect(problems('hour', '0 * * * *', 'cancel-other')).toEqual([]);
    expect(problems('day', '30 2 * * MON-FRI', 'terminate-other')).toEqual([]);
    expect(problems('day', '0 * * * *', 'buffer-all')).toEqual([]);
  });

  test('a schedule may have everything that a schedule of Temporal has', () => {
    const keys =
      'cron: "@daily", timezone: Europe/Berlin, overlap: buffer-all, catchupWindow: 1d, jitter: 5m, pauseOnFailure: true, startAt: 2026-12-01, endAt: 2026-12-01';
    expect(problemsOf(aroundStep('', `schedule: { ${keys} }\n`))).toEqual([]);
  });

  test('a schedule needs a period, and a default for every parameter', () => {
    const rest = 'period: none\nschedule: { cron: "@daily" }\nparams: { model: { type: string } }\n';
    expect(problemsOf(aroundStep('', rest))).toEqual([
      'p.yaml:6:9 period: a pipeline with a schedule needs a period (day or hour): the scheduled time decides the key of the run',
      'p.yaml:8:11 params.model: needs a default, because the schedule starts runs that are given no parameters',
    ]);
  });
});

describe('names', () => {
  test('of steps and parameters are checked, and what stands under a wrong one as well', () => {
    const text = 'name: p\nparams: { a-b: { type: int } }\nsteps:\n  my-step: { uses: s3/copy }\n';
    expect(problemsOf(text)).toEqual([
      expect.stringContaining('p.yaml:2:11 params.a-b: "a-b" is not allowed'),
      expect.stringContaining('p.yaml:2:24 params.a-b.type: must be string, integer, number or boolean'),
      'p.yaml:4:3 steps.my-step.with: is missing',
      expect.stringContaining('p.yaml:4:3 steps.my-step: "my-step" is not allowed'),
      'p.yaml:4:3 steps.my-step.with.from: is missing',
      'p.yaml:4:3 steps.my-step.with.to: is missing',
    ]);
  });

  test.each(['../etc', 'a/b', 'a\\b', 'con.', 'ä', '"a\\0b"'])('of a pipeline cannot be %s', (name) => {
    expect(problemsOf(aroundStep('').replace('name: p', `name: ${name}`))).toEqual([
      expect.stringContaining('p.yaml:1:7 name: '),
    ]);
  });
});

describe('a file from a stranger', () => {
  const laughs =
    'a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c]\n';

  test.each([
    ['of more than 1 MB', 'x'.repeat(1024 * 1024 + 1), 'the file is larger than 1 MB'],
    ['of more than 1 MB in bytes', 'ä'.repeat(600_000), 'the file is larger than 1 MB'],
    ['with aliases that explode', laughs, 'Excessive alias count'],
    ['that contains itself', 'a: &a [*a, *a]\n', 'is nested more than 50 levels deep'],
    ['nested deeply', `a: ${'['.repeat(100_000)}`, 'the file is nested too deeply'],
    ['nested deeply, and closed', `a: ${'['.repeat(200)}${']'.repeat(200)}`, 'is nested more than 50 levels deep'],
    ['of many signs', '{}'.repeat(400_000), 'the file has more than 200000 words and signs of YAML'],
    ['of many keys', Array.from({ length: 100_000 }, (_, i) => `k${i}: 1\n`).join(''), 'more than 200000 words'],
    [
      'of many steps',
      `name: p\nsteps:\n${Array.from({ length: 501 }, (_, i) => `  s${i}: { uses: x, with: {} }\n`).join('')}`,
      'a pipeline can have at most 500 steps, and this one has 501',
    ],
    [
      'of many expressions',
      aroundStep(`    description: x\n`).replace('s3://a/b/', `"${'${{a}}'.repeat(9_000)}"`),
      'at most 5000 expressions',
    ],
  ])('%s is refused quickly', (_, text, reason) => {
    const start = performance.now();
    expect(problemsOf(text)).toEqual([expect.stringContaining(reason)]);
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  test('never makes it throw, whatever the text', () => {
    const lines = ['name: p\n', 'steps:\n', '  a:\n', '    uses: s3/copy\n', '    with: {from: "${{ run.date }}"}\n'];
    const signs = '&x *x - ? : \t |\n " \' { } [ ] # --- !!set \u0000 \uD800 << ${{ }}'
      .split(' ')
      .map((sign) => `${sign} `);
    const piece = fc.constantFrom(...lines, ...signs);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
        ),
        (text) => {
          const { definition, problems } = parse(text);
          expect(definition === undefined).toBe(problems.length > 0);
          for (const { line, column } of problems) {
            expect(line).toBeGreaterThan(0);
            expect(column).toBeGreaterThan(0);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test('never makes it throw when one character of a valid file is changed', () => {
    fc.assert(
      fc.property(fc.nat(CHURN.length - 1), fc.string({ unit: 'binary', maxLength: 2 }), (at, text) => {
        const changed = CHURN.slice(0, at) + text + CHURN.slice(at + 1);
        const lines = changed.split('\n').length;
        for (const { line } of parse(changed).problems) expect(line).toBeLessThanOrEqual(lines);
      }),
      { numRuns: 200 },
    );
  });
});
