import { describe, expect, it } from 'vitest';
import { awsOfUser, useOwnAws, useSimulator } from '../../../src/cli/local/aws-environment.ts';

const REAL_ACCOUNT = {
  PATH: '/usr/bin',
  AWS_ACCESS_KEY_ID: 'AKIAREAL',
  AWS_SECRET_ACCESS_KEY: 'real',
  AWS_SESSION_TOKEN: 'real',
  AWS_PROFILE: 'production',
  AWS_REGION: 'us-east-1',
  AWS_CONFIG_FILE: '/home/anna/.aws/config',
  AWS_ENDPOINT_URL_S3: 'https://s3.us-east-1.amazonaws.com',
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.2/keys',
  aws_web_identity_token_file: '/token',
};

const NO_FILES = {
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
};

describe('useSimulator', () => {
  it('leaves nothing that leads to a real account', () => {
    const environment: NodeJS.ProcessEnv = { ...REAL_ACCOUNT };
    expect(useSimulator(environment, 'http://127.0.0.1:8333')).toBe('eu-west-1');
    expect(environment).toEqual({
      PATH: '/usr/bin',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:8333',
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'simulator',
      AWS_SECRET_ACCESS_KEY: 'simulator',
      ...NO_FILES,
    });
  });
});

describe('awsOfUser', () => {
  it.each(['http://127.0.0.1:5000', 'http://localhost:5000', 'https://[::1]:5000', 'http://127.9.9.9:5000'])(
    'takes %s for a stand-in on this machine',
    (endpoint) => {
      expect(awsOfUser({ AWS_ENDPOINT_URL: endpoint })).toEqual({
        own: { endpoint, variables: ['AWS_ENDPOINT_URL'] },
        ignored: [],
      });
    },
  );

  it.each([
    'https://s3.amazonaws.com',
    'http://127.0.0.1@s3.amazonaws.com',
    'http://127.0.0.1.nip.io',
    'http://localhost.localstack.cloud:4566',
    'http://0.0.0.0:5000',
    'http://169.254.169.254',
    'localhost:5000',
    'nonsense',
  ])('ignores %s, and says so', (endpoint) => {
    expect(awsOfUser({ AWS_ENDPOINT_URL: endpoint })).toEqual({ ignored: ['AWS_ENDPOINT_URL'] });
  });

  it('takes endpoints of single services only beside that of all, and only on this machine', () => {
    const ofS3 = { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9000' };
    expect(awsOfUser(ofS3)).toEqual({ ignored: ['AWS_ENDPOINT_URL_S3'] });
    expect(awsOfUser({ ...ofS3, AWS_ENDPOINT_URL: 'http://127.0.0.1:5000' }).own?.variables).toHaveLength(2);
    expect(awsOfUser({ ...REAL_ACCOUNT, AWS_ENDPOINT_URL: 'http://127.0.0.1:5000' }).ignored).toEqual([
      'AWS_ENDPOINT_URL_S3',
    ]);
  });

  it('counts an empty variable as not set, and shows no password of an endpoint', () => {
    expect(awsOfUser({ AWS_ENDPOINT_URL: '' })).toEqual({ ignored: [] });
    expect(awsOfUser({ AWS_ENDPOINT_URL: 'http://anna:secret@127.0.0.1:5000/' }).own?.endpoint).toBe(
      'http://127.0.0.1:5000',
    );
  });
});

describe('useOwnAws', () => {
  it('keeps the region and the keys of the variables, and no way to a real account', () => {
    const environment: NodeJS.ProcessEnv = { ...REAL_ACCOUNT, AWS_ENDPOINT_URL: 'http://127.0.0.1:5000' };
    const { own } = awsOfUser(environment);
    expect(own && useOwnAws(environment, own)).toBe('us-east-1');
    expect(environment).toEqual({
      PATH: '/usr/bin',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:5000',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'AKIAREAL',
      AWS_SECRET_ACCESS_KEY: 'real',
      AWS_SESSION_TOKEN: 'real',
      ...NO_FILES,
    });
  });

  it('stands in for what is not set', () => {
    const environment: NodeJS.ProcessEnv = { AWS_ENDPOINT_URL: 'http://127.0.0.1:5000' };
    const { own } = awsOfUser(environment);
    expect(own && useOwnAws(environment, own)).toBe('eu-west-1');
    expect(environment).toMatchObject({ AWS_ACCESS_KEY_ID: 'simulator', AWS_SECRET_ACCESS_KEY: 'simulator' });
  });
});
