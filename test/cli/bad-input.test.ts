import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { EXIT_CODES } from '../../src/cli/process/exit-codes.ts';
import { nightscore, onlyDocument } from './command.ts';

const { invalid, unreachable } = EXIT_CODES;

function pipelineText(change: { uses?: string; outputUri?: string; period?: string; name?: string } = {}): string {
  const { uses = 'machine-learning/batch-prediction', outputUri = 's3://acme-scores/', period = 'day' } = change;
  return `name: ${change.name ?? 'bad-input-churn'}
period: ${period}
params:
  model: { type: string, default: ml-churn-7 }
  limit: { type: integer, default: 5 }
steps:
  score:
    uses: ${uses}
    with:
      MLModelId: \${{ params.model }}
      BatchPredictionDataSourceId: ds-customers
      OutputUri: ${outputUri}
`;
}

/** Nine levels of ten aliases each: a thousand million of them. */
const ALIAS_BOMB = [
  'a: &a [x]',
  ...'bcdefghij'
    .split('')
    .map((name, index) => `${name}: &${name} [${Array(10).fill(`*${'abcdefghi'[index]}`).join(',')}]`),
].join('\n');

const FILES: Record<string, string> = {
  'churn.yaml': pipelineText(),
  'any-key.yaml': pipelineText({ name: 'any-key', period: 'none' }),
  'unknown-service.yaml': pipelineText({ uses: 'machine-lerning/batch-prediction' }),
  'bad-uri.yaml': pipelineText({ outputUri: 'https://acme-scores/' }),
  'bad-name.yaml': pipelineText({ name: '../churn' }),
  'two-problems.yaml':
    'name: churn\nperiode: day\nsteps:\n  score: { uses: s3/copy, nedds: [], with: { from: s3://acme-scores/a, to: s3://acme-scores/b } }\n',
  'large.yaml': `# ${'x'.repeat(1024 * 1024)}\n${pipelineText()}`,
  'bomb.yaml': ALIAS_BOMB,
};

/** Whatever this machine has of AWS is not there. */
const NO_AWS = {
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
};

const taskQueue = `bad-input-${randomUUID()}`;
let folder: string;
let environment: Record<string, string>;
let connection: Connection;
let temporal: Client;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nightscore-bad-input-'));
  await mkdir(join(folder, 'pipelines'));
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, 'pipelines', name), text);
  connection = await Connection.connect({ address: inject('temporalAddress') });
  temporal = new Client({ connection });
  // A task queue of its own, so that everything that is ever started on it was started here.
  environment = { TEMPORAL_ADDRESS: inject('temporalAddress'), NIGHTSCORE_TASK_QUEUE: taskQueue };
});
afterAll(async () => {
  await connection.close();
  await rm(folder, { recursive: true });
});

interface Row {
  of: string;
  args: string[];
  env?: Record<string, string>;
  code?: number;
  /** What the message must say. */
  says: (string | RegExp)[];
}

/** Lines that must not start anything. The working folder holds ./pipelines with the files above. */
const ROWS: Row[] = [
  // The command line; more of it in program.test.ts.
  { of: 'an unknown subcommand', args: ['strat', 'churn'], says: ["unknown command 'strat'", 'Did you mean start?'] },

  // The pipeline.
  { of: 'an unknown pipeline', args: ['start', 'chur'], says: ['"chur"', 'did you mean churn?'] },
  { of: 'a path out of the folder', args: ['start', '../x'], says: ['../x', 'ENOENT'] },
  { of: 'a path of many parts', args: ['start', 'a/b/c'], says: ['a/b/c', 'ENOENT'] },
  {
    of: 'an invalid pipeline, with every problem and its place',
    args: ['start', 'two-problems'],
    says: [
      '2 problems, and nothing was started:',
      /^pipelines\/two-problems\.yaml:2:1 .*did you mean period\?/m,
      /two-problems\.yaml:4:\d+ .*did you mean needs\?/,
    ],
  },
  {
    of: 'an unknown service',
    args: ['start', 'unknown-service'],
    says: [/unknown-service\.yaml:8:\d+ /, 'did you mean machine-learning/batch-prediction?'],
  },
  { of: 'a bad S3 URI', args: ['start', 'bad-uri'], says: [/bad-uri\.yaml:12:\d+ /, 's3://'] },
  { of: 'a pipeline with a path for a name', args: ['start', 'bad-name'], says: [/bad-name\.yaml:1:7 /, '../churn'] },
  { of: 'a file over 1 MB', args: ['start', 'large'], says: ['larger than 1 MB'] },
  { of: 'aliases that explode', args: ['start', 'bomb'], says: [/bomb\.yaml/, /alias/i] },

  // The run.
  {
    of: 'an unknown parameter',
    args: ['start', 'churn', '--param', 'modell=x'],
    says: ['modell', 'did you mean model?'],
  },
  {
    of: 'a parameter of a wrong type',
    args: ['start', 'churn', '--param', 'limit=many'],
    says: ['limit must be an integer', 'many'],
  },
  {
    of: 'a parameter that makes the request invalid',
    args: ['start', 'churn', '--param', 'model=not an id'],
    says: ['MLModelId'],
  },
  { of: 'a key with path characters', args: ['start', 'any-key', '--key', '../x'], says: ['"../x"'] },

  // Runs that are not there.
  { of: 'a run key with path characters', args: ['get', '../x'], says: ['".."'] },
  { of: 'a run key of many parts', args: ['cancel', 'a/b/c'], says: ['"b/c"'] },
  { of: 'a run that was never started', args: ['get', 'churn/2026-11-19'], says: ['no run churn/2026-11-19'] },
  {
    of: 'a run to watch that was never started',
    args: ['watch', 'churn/2026-11-19'],
    says: ['no run churn/2026-11-19'],
  },
  {
    of: 'a run to cancel that was never started',
    args: ['cancel', 'churn/2026-11-19'],
    says: ['no run churn/2026-11-19'],
  },

  // The settings, Temporal and AWS.
  {
    of: 'a setting that is not right',
    args: ['worker'],
    env: { NIGHTSCORE_POLL_INTERVAL: 'often' },
    says: ['NIGHTSCORE_POLL_INTERVAL'],
  },
  {
    of: 'an address that is none',
    args: ['list'],
    env: { TEMPORAL_ADDRESS: 'http://localhost' },
    says: ['TEMPORAL_ADDRESS', 'host:port'],
  },
  {
    of: 'no Temporal server',
    args: ['start', 'churn'],
    env: { TEMPORAL_ADDRESS: '127.0.0.1:9' },
    code: unreachable,
    says: ['127.0.0.1:9', 'TEMPORAL_ADDRESS', 'nobody listens there', 'nightscore dev'],
  },
  {
    of: 'a wrong namespace',
    args: ['start', 'churn'],
    env: { TEMPORAL_NAMESPACE: 'nihgt' },
    code: unreachable,
    says: ['no namespace "nihgt"', 'TEMPORAL_NAMESPACE'],
  },
  { of: 'no region', args: ['worker'], env: NO_AWS, says: ['No AWS region', 'AWS_REGION'] },
  {
    of: 'no credentials',
    args: ['worker'],
    env: { ...NO_AWS, AWS_REGION: 'eu-west-1' },
    says: ['No AWS credentials', 'AWS_ACCESS_KEY_ID', 'EC2'],
  },
  {
    of: 'a Temporal on another machine for simulated jobs',
    args: ['dev'],
    env: { TEMPORAL_ADDRESS: 'temporal.example.com:7233' },
    says: ['temporal.example.com:7233', 'TEMPORAL_ADDRESS', 'not on this machine'],
  },
];

describe.concurrent('the command refuses', () => {
  it.each(ROWS)('$of, and starts nothing', async ({ args, env, code = invalid, says }) => {
    const ended = await nightscore(args, { cwd: folder, env: { ...environment, ...env } });
    expect(ended).toMatchObject({ code, stdout: '' });
    for (const text of says) expect(ended.stderr).toMatch(text);
    expect(ended.stderr).not.toMatch(/^ +at /m);
  });

  it('the same in one JSON document where that was asked for', async () => {
    const { code, stdout } = await nightscore(['start', 'two-problems', '--json'], { cwd: folder, env: environment });
    expect(code).toBe(invalid);
    expect(onlyDocument(stdout)).toMatchObject({
      error: {
        code: invalid,
        message: expect.stringContaining('two-problems.yaml:2:1') as string,
        problems: expect.arrayContaining([
          expect.objectContaining({ line: 2, column: 1, path: 'periode', suggestion: 'period' }),
          expect.objectContaining({ line: 4, path: 'steps.score.nedds', suggestion: 'needs' }),
        ]) as unknown,
      },
    });
  });
});

it('has started nothing by then: the first run there is the first that is in order', async () => {
  const { code } = await nightscore(['start', 'churn'], { cwd: folder, env: environment });
  expect(code).toBe(EXIT_CODES.succeeded);
  await expect
    .poll(async () => (await temporal.workflow.count(`TaskQueue = '${taskQueue}'`)).count, { timeout: 20_000 })
    .toBeGreaterThan(0);
  expect((await temporal.workflow.count(`TaskQueue = '${taskQueue}'`)).count).toBe(1);
});
