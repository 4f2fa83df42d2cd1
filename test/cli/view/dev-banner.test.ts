import { describe, expect, it } from 'vitest';
import { EXAMPLE_PIPELINES } from '../../../src/cli/local/packaged-examples.ts';
import { devBanner, type DevFacts } from '../../../src/cli/view/dev-banner.ts';

const FACTS: DevFacts = {
  stack: {
    temporal: {
      address: { value: '127.0.0.1:7233', source: 'the local server' },
      namespace: { value: 'default', source: 'the default' },
      options: {},
    },
    webUi: 'http://127.0.0.1:8233',
    endpoint: 'http://127.0.0.1:8333',
    region: 'eu-west-1',
  },
  api: 'http://127.0.0.1:8080',
  settings: { pipelinesFolder: './pipelines', taskQueue: 'nightscore' },
  example: 'pipelines/churn.yaml',
  data: './.nightscore',
  speed: 60,
  isOwn: { temporal: false, aws: false },
  ignored: [],
};

function banner(change: Partial<DevFacts> = {}): string {
  return devBanner({ ...FACTS, ...change }).join('\n');
}

describe('the banner of dev', () => {
  it('says where everything is and what to type next', () => {
    expect(banner()).toBe(`
  Temporal     127.0.0.1:7233
  Web UI       http://127.0.0.1:8233
  Simulator    http://127.0.0.1:8333, 60 times as fast as real jobs
  API          http://127.0.0.1:8080/docs
  Data         .nightscore
  Pipelines    pipelines

In another terminal:
  npx nightscore start churn --wait
  npx nightscore list

No AWS account is called. Ctrl-C stops what was started here, and loses nothing.
`);
  });

  it('says so when it goes by the examples, and starts one by its file', () => {
    const text = banner({
      settings: { ...FACTS.settings, pipelinesFolder: EXAMPLE_PIPELINES },
      example: `${EXAMPLE_PIPELINES}/card-payments.yaml`,
    });
    expect(text).toContain('(the examples, as there is no ./pipelines)');
    expect(text).toContain('nightscore start examples/pipelines/card-payments.yaml --wait');
  });

  it('says which server and which stand-in for AWS of the user it goes by', () => {
    const temporal = {
      address: { value: 'localhost:7999', source: 'TEMPORAL_ADDRESS' },
      namespace: { value: 'night', source: 'TEMPORAL_NAMESPACE' },
      options: {},
    };
    const text = banner({
      stack: { temporal, webUi: undefined, endpoint: 'http://127.0.0.1:5000', region: 'us-east-1' },
      isOwn: { temporal: true, aws: true },
    });
    expect(text).toContain('  Temporal     localhost:7999 (from TEMPORAL_ADDRESS), namespace night\n');
    expect(text).toContain('  AWS          http://127.0.0.1:5000 (from AWS_ENDPOINT_URL) in us-east-1\n');
    expect(text).not.toMatch(/Web UI|Data/);
  });

  it('says which variables it does not go by, and why', () => {
    expect(banner({ ignored: ['AWS_ENDPOINT_URL'] })).toContain(
      '  Ignored      AWS_ENDPOINT_URL; `dev` uses only an AWS_ENDPOINT_URL on this machine\n',
    );
  });

  it('tells the other commands what is not as they expect it', () => {
    const temporal = { ...FACTS.stack.temporal, address: { value: '127.0.0.1:7999', source: 'the local server' } };
    const text = banner({
      stack: { ...FACTS.stack, temporal },
      settings: { ...FACTS.settings, taskQueue: 'mine' },
    });
    expect(text).toContain('  TEMPORAL_ADDRESS=127.0.0.1:7999 NIGHTSCORE_TASK_QUEUE=mine npx nightscore list\n');
  });
});
