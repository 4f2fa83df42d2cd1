import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { ACCOUNT_RESOURCES, withSettings } from './account-resources.ts';
import { makeFolder, startTestSimulator, writeResources } from './test-simulator.ts';
import type { TestSimulator } from './test-simulator.ts';

const { machineLearning, fraudDetector, personalize } = ACCOUNT_RESOURCES;
const model = machineLearning.models['ml-churn'];
const detector = fraudDetector.detectors.payments;
const taste = personalize.solutions.fans.versions.v1.model;

const withModel = (change: object) => ({
  ...ACCOUNT_RESOURCES,
  machineLearning: { ...machineLearning, models: { bad: { ...model, ...change } } },
});
const withSolution = (change: object) => ({
  ...ACCOUNT_RESOURCES,
  personalize: { solutions: { bad: { ...personalize.solutions.fans, ...change } } },
});

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function start(): Promise<TestSimulator> {
  const simulator = await startTestSimulator();
  closing.push(() => simulator.close());
  return simulator;
}

async function folderWith(resources: object): Promise<string> {
  const folder = await makeFolder({ resources });
  closing.push(() => rm(folder, { recursive: true }));
  return folder;
}

describe('resources.yaml', () => {
  test.each([
    ['no account', { ...ACCOUNT_RESOURCES, account: undefined }, 'account: '],
    ['an account that is a number', { ...ACCOUNT_RESOURCES, account: 123456789012 }, 'account: '],
    [
      'a section that no service has',
      { ...ACCOUNT_RESOURCES, sagemaker: {} },
      'sagemaker: the simulator knows no such',
    ],
    ['a member that does not exist', withModel({ treshold: 1 }), 'machineLearning.models.bad: Unrecognized key'],
    ['a type that does not fit the model', withModel({ type: 'MULTICLASS' }), 'a MULTICLASS model is of kind softmax'],
    ['a threshold above 1', withModel({ scoreThreshold: 2 }), 'machineLearning.models.bad.scoreThreshold'],
    [
      'an id that the service would refuse',
      { ...ACCOUNT_RESOURCES, machineLearning: { models: { 'a b': model } } },
      'an id has 1 to 64',
    ],
    [
      'a detector without its event type',
      { ...ACCOUNT_RESOURCES, fraudDetector: { detectors: { payments: detector } } },
      'fraudDetector.detectors.payments.eventType: there is no event type payment',
    ],
    ['a recipe that batch jobs cannot use', withSolution({ recipe: 'aws-trending-now' }), 'personalize.solutions.bad'],
    [
      'factors of different lengths',
      withSolution({ versions: { v1: { model: { ...taste, users: { ann: [1] } } } } }),
      'the same number of factors',
    ],
    ['a setting that does not exist', withSettings({ personalise: {} }), 'settings.personalise'],
    ['a setting of a service that does not exist', withSettings({ personalize: { quota: 5 } }), 'settings.personalize'],
    ['a setting out of range', withSettings({ largestClockSkewSeconds: 0 }), 'settings.largestClockSkewSeconds'],
  ])('with %s is refused at the start, by file and place', async (_name, resources, problem) => {
    const folder = await folderWith(resources);
    const started = startSimulator({ folder });
    await expect(started).rejects.toThrow(join(folder, 'resources.yaml'));
    await expect(started).rejects.toThrow(problem);
  });

  test('that is no YAML, or whose aliases explode, is refused at the start', async () => {
    const folder = await folderWith(ACCOUNT_RESOURCES);
    await writeFile(join(folder, 'resources.yaml'), 'account: "123\n');
    await expect(startSimulator({ folder })).rejects.toThrow('cannot use');
    const levels = Array.from({ length: 9 }, (_, level) => {
      const before = level === 0 ? '"x"' : `*l${level - 1}`;
      return `l${level}: &l${level} [${Array(9).fill(before).join(', ')}]`;
    });
    await writeFile(join(folder, 'resources.yaml'), `account: '123456789012'\n${levels.join('\n')}\n`);
    await expect(startSimulator({ folder })).rejects.toThrow('alias');
  });

  test('tells everything that is wrong at once', async () => {
    const folder = await folderWith({ ...withModel({ type: 'X', status: 'Y' }), settings: { a: 1 } });
    const started = startSimulator({ folder });
    for (const place of ['models.bad.type', 'models.bad.status', 'settings.a']) {
      await expect(started).rejects.toThrow(place);
    }
  });

  test('is read again when it changes', async () => {
    const simulator = await start();
    const getModel = () => simulator.call('AmazonML_20141212.GetMLModel', { MLModelId: 'ml-new' });
    expect((await getModel()).status).toBe(404);
    await writeResources(simulator.folder, {
      ...ACCOUNT_RESOURCES,
      machineLearning: { ...machineLearning, models: { 'ml-new': model } },
    });
    expect((await getModel()).status).toBe(200);
  });

  test('stays in force when a change is not valid, and the problem is told', async () => {
    const simulator = await start();
    await writeResources(simulator.folder, { account: 'nobody' });
    const answer = await simulator.call('AmazonML_20141212.GetMLModel', { MLModelId: 'ml-churn' });
    expect(answer.status).toBe(200);
    expect(await simulator.admin('resources')).toMatchObject({
      account: '123456789012',
      problem: expect.stringContaining('account: an AWS account is 12 digits'),
    });
    await writeResources(simulator.folder, ACCOUNT_RESOURCES);
    expect(await simulator.admin('resources')).not.toHaveProperty('problem');
  });
});
