import * as pz from '@aws-sdk/client-personalize';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withSettings } from './account-resources.ts';
import { startTestSimulator } from './test-simulator.ts';
import type { TestSimulator } from './test-simulator.ts';

const lines = (...all: (object | string)[]): string =>
  all.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');

const OBJECTS = {
  'acme/in/users.jsonl': lines({ userId: 'ann' }, { userId: 'bob' }, '{"userId":', { userId: 7 }, { user: 'ann' }),
  'acme/in/strangers.jsonl': lines({ userId: 'zoe' }),
  'acme/in/rankings.jsonl': lines(
    { userId: 'bob', itemList: ['alien', 'unknown', 'casablanca'] },
    { userId: 'bob', itemList: [] },
  ),
  'acme/in/items.jsonl': lines({ itemId: 'casablanca' }, { itemId: 'unknown' }),
  'acme/in/attributes.jsonl': lines(
    { itemAttributes: 'ITEMS.GENRE = "horror" AND ITEMS.YEAR = 1979' },
    { itemAttributes: 'ITEMS.GENRE = "western"' },
    { itemAttributes: 'ITEMS.GENRE = "horror" OR ITEMS.GENRE = "drama"' },
  ),
  'acme/in/eleven.jsonl': lines(...Array.from({ length: 11 }, () => ({ itemAttributes: 'ITEMS.GENRE = "horror"' }))),
  'acme/folder/one.jsonl': lines({ userId: 'ann' }),
  'acme/folder_test/two.jsonl': lines({ userId: 'bob' }),
};

let simulator: TestSimulator;
beforeAll(async () => {
  simulator = await startTestSimulator({ objects: OBJECTS });
});
afterAll(() => simulator.close());

const arn = (resource: string): string => `arn:aws:personalize:eu-west-1:123456789012:${resource}`;

interface Job {
  jobName: string;
  solution?: string;
  input?: string;
  output?: string;
}

const request = ({
  jobName,
  solution = 'for-you',
  input = 'in/users.jsonl',
  output = `s3://acme/out/${jobName}`,
}: Job) => ({
  jobName,
  solutionVersionArn: arn(`solution/${solution}/v1`),
  jobInput: { s3DataSource: { path: `s3://acme/${input}` } },
  jobOutput: { s3DataDestination: { path: output } },
  roleArn: 'arn:aws:iam::123456789012:role/personalize',
});
const infer = (job: Job, more: Partial<pz.CreateBatchInferenceJobCommandInput> = {}, account = simulator) =>
  account.personalize.send(new pz.CreateBatchInferenceJobCommand({ ...request(job), ...more }));
const segment = (job: Job, more: Partial<pz.CreateBatchSegmentJobCommandInput> = {}, account = simulator) =>
  account.personalize.send(new pz.CreateBatchSegmentJobCommand({ ...request(job), ...more }));
const describeJob = async (name: string, account = simulator) => {
  const command = new pz.DescribeBatchInferenceJobCommand({ batchInferenceJobArn: arn(`batch-inference-job/${name}`) });
  return (await account.personalize.send(command)).batchInferenceJob;
};

interface ResultLine {
  input: unknown;
  output: { recommendedItems?: string[]; scores?: number[]; usersList?: string[]; recommendedUsers?: string[] } | null;
  error: string | null;
}

async function resultsOf(name: string, file: string): Promise<ResultLine[]> {
  const text = (await simulator.read(`s3://acme/out/${name}/${file}.out`)).toString();
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as ResultLine);
}

describe('a batch inference job', () => {
  test('ends ACTIVE under the ARN of its name, and is described as it was created', async () => {
    const batchInferenceJobConfig = { itemExplorationConfig: { explorationWeight: '0.3' } };
    const { batchInferenceJobArn } = await infer({ jobName: 'active' }, { numResults: 2, batchInferenceJobConfig });
    expect(batchInferenceJobArn).toBe(arn('batch-inference-job/active'));
    await simulator.ended('active');
    const described = await describeJob('active');
    expect(described?.lastUpdatedDateTime?.getTime()).toBeGreaterThanOrEqual(
      described?.creationDateTime?.getTime() ?? 0,
    );
    expect(described).toEqual({
      ...request({ jobName: 'active' }),
      batchInferenceJobArn,
      numResults: 2,
      batchInferenceJobConfig,
      batchInferenceJobMode: 'BATCH_INFERENCE',
      status: 'ACTIVE',
      creationDateTime: expect.any(Date),
      lastUpdatedDateTime: expect.any(Date),
    });
  });

  test('answers each line in its place, with an error in place of an output for a line that is wrong', async () => {
    await infer({ jobName: 'users' }, { numResults: 2 });
    const { output, records } = await simulator.ended('users');
    expect(records).toEqual({ total: 5, invalid: 3 });
    expect(output).toEqual(
      expect.arrayContaining(['s3://acme/out/users/users.jsonl.out', 's3://acme/out/users/_CHECK']),
    );
    expect(await simulator.read('s3://acme/out/users/_CHECK')).toHaveLength(0);
    const results = await resultsOf('users', 'users.jsonl');
    expect(results[0]).toMatchObject({
      input: { userId: 'ann' },
      output: { recommendedItems: ['alien', 'brazil'] },
      error: null,
    });
    expect(results[1]?.output?.recommendedItems).toEqual(['casablanca', 'brazil']);
    expect(results.slice(2)).toEqual([
      { input: '{"userId":', output: null, error: expect.any(String) },
      { input: { userId: 7 }, output: null, error: expect.any(String) },
      { input: { user: 'ann' }, output: null, error: expect.any(String) },
    ]);
  });

  test('gives scores that fall and are probabilities among all items', async () => {
    await infer({ jobName: 'scores' });
    await simulator.ended('scores');
    const [{ output } = { output: null }] = await resultsOf('scores', 'users.jsonl');
    const scores = output?.scores ?? [];
    expect(scores).toHaveLength(3);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(scores.reduce((sum, score) => sum + score, 0)).toBeCloseTo(1, 5);
  });

  test('recommends what is popular to a user that it does not know', async () => {
    await infer({ jobName: 'strangers', input: 'in/strangers.jsonl' });
    await simulator.ended('strangers');
    const [result] = await resultsOf('strangers', 'strangers.jsonl');
    expect(result?.output?.recommendedItems).toHaveLength(3);
  });

  test('ranks a list of items completely, unknown ones included', async () => {
    await infer({ jobName: 'ranking', solution: 'ranking', input: 'in/rankings.jsonl' }, { numResults: 1 });
    await expect(simulator.ended('ranking')).resolves.toMatchObject({ records: { total: 2, invalid: 1 } });
    const [result] = await resultsOf('ranking', 'rankings.jsonl');
    expect(result?.output?.recommendedItems?.[0]).toBe('casablanca');
    expect(result?.output?.recommendedItems?.toSorted()).toEqual(['alien', 'casablanca', 'unknown']);
  });

  test('finds similar items, without scores and without the item itself', async () => {
    await infer({ jobName: 'similar', solution: 'similar', input: 'in/items.jsonl' });
    await simulator.ended('similar');
    const [result] = await resultsOf('similar', 'items.jsonl');
    expect(result?.output).toEqual({ recommendedItems: ['brazil', 'alien'] });
  });

  test('adds themes to similar items when the recipe and the request say so', async () => {
    const more = {
      batchInferenceJobMode: 'THEME_GENERATION',
      themeGenerationConfig: { fieldsForThemeGeneration: { itemName: 'GENRE' } },
    } as const;
    await infer({ jobName: 'themes', solution: 'themed', input: 'in/items.jsonl' }, more);
    await simulator.ended('themes');
    const [result] = await resultsOf('themes', 'items.jsonl');
    expect(result?.output).toMatchObject({
      recommendedItems: ['brazil', 'alien'],
      theme: expect.stringContaining('drama'),
      itemsThemeRelevanceScores: [expect.any(Number), expect.any(Number)],
    });
  });

  test('leaves out what its filter excludes', async () => {
    await infer({ jobName: 'filtered' }, { filterArn: arn('filter/no-horror') });
    await simulator.ended('filtered');
    const [result] = await resultsOf('filtered', 'users.jsonl');
    expect(result?.output?.recommendedItems).toEqual(['brazil', 'casablanca']);
  });

  test('reads every object whose key begins like its input path', async () => {
    await infer({ jobName: 'prefix', input: 'folder' });
    await expect(simulator.ended('prefix')).resolves.toMatchObject({ records: { total: 2, invalid: 0 } });
    await infer({ jobName: 'folder', input: 'folder/' });
    await expect(simulator.ended('folder')).resolves.toMatchObject({ records: { total: 1, invalid: 0 } });
  });

  test.each([
    ['input', { input: 'in/nothing.jsonl' }],
    ['output', { output: 's3://elsewhere/out/' }],
  ])('fails with the words of Personalize when there is no %s', async (which, job) => {
    await infer({ jobName: `no-${which}`, ...job });
    await simulator.ended(`no-${which}`);
    expect(await describeJob(`no-${which}`)).toMatchObject({
      status: 'CREATE FAILED',
      failureReason: `Invalid S3 ${which} path`,
    });
  });

  test.each([
    ['an unknown solution version', { solutionVersionArn: arn('solution/for-you/v9') }, 'ResourceNotFoundException'],
    [
      'a solution version of another region',
      { solutionVersionArn: arn('solution/for-you/v1').replace('eu-west-1', 'us-east-1') },
      'ResourceNotFoundException',
    ],
    ['an unknown filter', { filterArn: arn('filter/nothing') }, 'ResourceNotFoundException'],
    ['a version in training', { solutionVersionArn: arn('solution/training/v1') }, 'ResourceInUseException'],
    ['a recipe for segments', { solutionVersionArn: arn('solution/fans/v1') }, 'InvalidInputException'],
    ['no results', { numResults: 0 }, 'InvalidInputException'],
    ['themes without a column', { batchInferenceJobMode: 'THEME_GENERATION' as const }, 'InvalidInputException'],
    [
      'more tags than a resource can have',
      { tags: Array.from({ length: 51 }, (_, index) => ({ tagKey: `k${index}`, tagValue: '' })) },
      'TooManyTagsException',
    ],
  ])('is refused for %s', async (_name, more, error) => {
    await expect(infer({ jobName: 'refused' }, more)).rejects.toMatchObject({ name: error });
    await expect(describeJob('refused')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('is refused under a name that is in use, for ever', async () => {
    await infer({ jobName: 'twice' });
    await simulator.ended('twice');
    await expect(infer({ jobName: 'twice' })).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
      message: expect.stringContaining(arn('batch-inference-job/twice')),
    });
    await expect(segment({ jobName: 'twice', solution: 'fans', input: 'in/items.jsonl' })).resolves.toBeDefined();
    await simulator.ended('twice');
  });
});

describe('a batch segment job', () => {
  test('finds the users who like an item most, and an error for an unknown item', async () => {
    await segment({ jobName: 'fans', solution: 'fans', input: 'in/items.jsonl' }, { numResults: 2 });
    await expect(simulator.ended('fans')).resolves.toMatchObject({ records: { total: 2, invalid: 1 } });
    expect(await resultsOf('fans', 'items.jsonl')).toEqual([
      { input: { itemId: 'casablanca' }, output: { usersList: ['bob', 'cem'] }, error: null },
      { input: { itemId: 'unknown' }, output: null, error: expect.stringContaining('unknown') },
    ]);
  });

  test('leaves out the users that its filter excludes', async () => {
    await segment({ jobName: 'some', solution: 'fans', input: 'in/items.jsonl' }, { filterArn: arn('filter/no-bob') });
    await simulator.ended('some');
    const [result] = await resultsOf('some', 'items.jsonl');
    expect(result?.output?.usersList).toEqual(['cem', 'ann']);
  });

  test('finds the users for attributes that are joined by AND, and an error for any other expression', async () => {
    await segment({ jobName: 'audience', solution: 'audience', input: 'in/attributes.jsonl' }, { numResults: 1 });
    await expect(simulator.ended('audience')).resolves.toMatchObject({ records: { total: 3, invalid: 2 } });
    const results = await resultsOf('audience', 'attributes.jsonl');
    expect(results.map(({ output }) => output?.usersList)).toEqual([['ann'], undefined, undefined]);
  });

  test('fails when a file has more queries than the recipe takes', async () => {
    await segment({ jobName: 'eleven', solution: 'audience', input: 'in/eleven.jsonl' });
    await expect(simulator.ended('eleven')).resolves.toMatchObject({
      state: 'failed',
      message: expect.stringContaining('10'),
    });
  });

  test('is refused for a recipe that recommends items, and for more users than there may be', async () => {
    await expect(segment({ jobName: 'refused' })).rejects.toMatchObject({ name: 'InvalidInputException' });
    await expect(segment({ jobName: 'refused', solution: 'fans' }, { numResults: 5_000_001 })).rejects.toMatchObject({
      name: 'InvalidInputException',
    });
  });

  test('is spelled as documented, and in its own words, when the settings say so', async () => {
    const documented = await startTestSimulator({
      objects: OBJECTS,
      resources: withSettings({
        personalize: {
          statusSpelling: 'documented',
          segmentMember: 'recommendedUsers',
          timing: { queuedSeconds: 1000, fixedSeconds: 0 },
        },
      }),
      speed: 1000,
    });
    try {
      await segment({ jobName: 'fans', solution: 'fans', input: 'in/items.jsonl' }, {}, documented);
      const command = new pz.DescribeBatchSegmentJobCommand({ batchSegmentJobArn: arn('batch-segment-job/fans') });
      expect((await documented.personalize.send(command)).batchSegmentJob).toMatchObject({ status: 'PENDING' });
      await documented.ended('fans');
      const text = (await documented.read('s3://acme/out/fans/items.jsonl.out')).toString();
      expect(text).toContain('"recommendedUsers":["bob"');
    } finally {
      await documented.close();
    }
  });
});

describe('the limits and lists of Personalize', () => {
  test('a sixth unfinished job of a kind is refused, but one of the other kind is not', async () => {
    const busy = await startTestSimulator({ objects: OBJECTS, speed: 0.001 });
    try {
      for (let index = 1; index <= 5; index += 1) await infer({ jobName: `job-${index}` }, {}, busy);
      await expect(infer({ jobName: 'job-6' }, {}, busy)).rejects.toMatchObject({
        name: 'LimitExceededException',
        message: 'More than 5 resources with PENDING or IN_PROGRESS status.',
      });
      await segment({ jobName: 'job-6', solution: 'fans' }, {}, busy);
      expect(await describeJob('job-1', busy)).toMatchObject({ status: 'CREATE PENDING' });
    } finally {
      await busy.close();
    }
  });

  test('lists have every job of a solution version once, page by page', async () => {
    const account = await startTestSimulator({ objects: OBJECTS });
    try {
      for (let index = 1; index <= 5; index += 1) {
        await infer({ jobName: `job-${index}` }, {}, account);
        await account.ended(`job-${index}`);
      }
      await infer({ jobName: 'other', solution: 'similar', input: 'in/items.jsonl' }, {}, account);
      const seen: (string | undefined)[] = [];
      const pages = pz.paginateListBatchInferenceJobs(
        { client: account.personalize, pageSize: 2 },
        { solutionVersionArn: arn('solution/for-you/v1') },
      );
      for await (const page of pages) seen.push(...(page.batchInferenceJobs ?? []).map(({ jobName }) => jobName));
      expect(seen).toEqual(['job-1', 'job-2', 'job-3', 'job-4', 'job-5']);
      const everything = await account.personalize.send(new pz.ListBatchInferenceJobsCommand({}));
      expect(everything.batchInferenceJobs).toHaveLength(6);
      const segments = await account.personalize.send(new pz.ListBatchSegmentJobsCommand({}));
      expect(segments.batchSegmentJobs).toEqual([]);
    } finally {
      await account.close();
    }
  });

  test('a page token is good for no other list', async () => {
    const client = simulator.personalize;
    const { nextToken } = await client.send(new pz.ListSolutionVersionsCommand({ maxResults: 1 }));
    expect(nextToken).toBeDefined();
    await expect(client.send(new pz.ListBatchInferenceJobsCommand({ nextToken }))).rejects.toMatchObject({
      name: 'InvalidNextTokenException',
    });
  });

  test('solution versions are described as resources.yaml has them', async () => {
    const client = simulator.personalize;
    const { solutionVersion } = await client.send(
      new pz.DescribeSolutionVersionCommand({ solutionVersionArn: arn('solution/training/v1') }),
    );
    expect(solutionVersion).toMatchObject({
      solutionArn: arn('solution/training'),
      recipeArn: 'arn:aws:personalize:::recipe/aws-sims',
      status: 'CREATE IN_PROGRESS',
    });
    const { solutionVersions } = await client.send(
      new pz.ListSolutionVersionsCommand({ solutionArn: arn('solution/fans') }),
    );
    expect(solutionVersions?.map(({ solutionVersionArn }) => solutionVersionArn)).toEqual([arn('solution/fans/v1')]);
    await expect(
      client.send(new pz.ListSolutionVersionsCommand({ solutionArn: arn('solution/nothing') })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
