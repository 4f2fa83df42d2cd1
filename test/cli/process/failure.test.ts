import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { DemoFailedError } from '../../../src/cli/demo/run-examples.ts';
import { SimulatorStartError } from '../../../src/cli/local/simulator.ts';
import { failureOf } from '../../../src/cli/process/failure.ts';
import { InterruptedError } from '../../../src/cli/process/interruption.ts';
import { PortTakenError } from '../../../src/cli/local/ports.ts';
import { InvalidInputError, RunNotFoundError, RunStateError } from '../../../src/client/errors.ts';
import { RunKeyError } from '../../../src/pipeline/run-key.ts';
import { AwsSettingsError } from '../../../src/services/aws-account.ts';
import { SettingsError } from '../../../src/settings.ts';
import {
  TemporalNamespaceNotFoundError,
  TemporalPermissionError,
  TemporalUnreachableError,
} from '../../../src/temporal/connection-errors.ts';
import { LocalServerError } from '../../../src/temporal/local-server.ts';
import { SearchAttributesError } from '../../../src/temporal/search-attributes.ts';
import { ServerNotFoundError } from '../../../src/temporal/server-binary.ts';

const ADDRESS = { value: '127.0.0.1:7233', source: 'the default' };
const NAMESPACE = { value: 'default', source: 'the default' };

describe('failureOf', () => {
  it.each([
    { error: new InvalidInputError(['no such parameter']), code: 2 },
    { error: new RunStateError(['it still runs']), code: 2 },
    { error: new RunKeyError('not a run key'), code: 2 },
    { error: new RunNotFoundError('churn/2026-11-20'), code: 2 },
    { error: new SettingsError('NIGHTSCORE_MAX_JOBS: must be a whole number'), code: 2 },
    { error: new AwsSettingsError('No AWS region is set.'), code: 2 },
    { error: new PortTakenError(7233, '--port'), code: 2 },
    { error: new SimulatorStartError(new Error('Another simulator uses the folder')), code: 2 },
    { error: new LocalServerError('The data file is in use by process 7'), code: 4 },
    { error: new ServerNotFoundError([{ place: '`temporal` on PATH', problem: 'is not installed' }]), code: 4 },
    { error: new SearchAttributesError('night', [], 'not permitted'), code: 4 },
    { error: new TemporalNamespaceNotFoundError(ADDRESS, NAMESPACE), code: 4 },
    { error: new TemporalPermissionError('no key', ADDRESS, NAMESPACE), code: 4 },
    { error: new DemoFailedError(['run a/b ended failed']), code: 1 },
    { error: new TemporalUnreachableError('connection refused', ADDRESS, NAMESPACE), code: 4 },
  ])('exits with $code on a $error.name, in its own words', ({ error, code }) => {
    expect(failureOf(error, {})).toMatchObject({ code, message: error.message });
  });

  it('hands on each problem of invalid input', () => {
    expect(failureOf(new InvalidInputError(['one', 'two']), {})?.problems).toEqual(['one', 'two']);
  });

  it('says nothing after the help, which was asked for', () => {
    expect(failureOf(new CommanderError(0, 'commander.helpDisplayed', '(outputHelp)'), {})).toBeUndefined();
  });

  it('exits as a shell expects of a command that a signal ended', () => {
    expect(failureOf(new InterruptedError('SIGINT'), {})).toMatchObject({ code: 130, told: true });
    expect(failureOf(new InterruptedError('SIGTERM'), {})).toMatchObject({ code: 143, told: true });
  });

  it('tells that Temporal was lost from what gRPC says, wherever in the error that is', () => {
    const status = Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: 'Connection dropped' });
    for (const error of [status, new Error('Failed to describe workflow', { cause: status })]) {
      expect(failureOf(error, {})).toMatchObject({
        code: 4,
        message: expect.stringContaining('Connection dropped') as string,
      });
    }
    const refused = Object.assign(new Error('3 INVALID_ARGUMENT'), { code: 3, details: 'bad query' });
    expect(failureOf(refused, {})?.code).toBe(1);
  });

  it('says of an error that nobody expected how to find where it came from, and shows it when asked', () => {
    const error = new TypeError('x is not a function');
    expect(failureOf(error, {})).toEqual({
      code: 1,
      message: 'x is not a function\nSet NIGHTSCORE_LOG_LEVEL=debug to see where this came from.',
    });
    expect(failureOf(error, { NIGHTSCORE_LOG_LEVEL: 'debug' })?.message).toContain('failure.test.ts');
  });
});
