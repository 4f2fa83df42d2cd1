import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nightscore, startCommand, type RunningCommand } from './command.ts';

let folder: string;
const started: RunningCommand[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nightscore-simulate-'));
});
afterEach(async () => {
  for (const { process, ended } of started.splice(0)) {
    process.kill('SIGKILL');
    await ended;
  }
  await rm(folder, { recursive: true });
});

async function startSimulate(): Promise<RunningCommand> {
  const simulate = startCommand(['simulate', '--data', folder]);
  started.push(simulate);
  await simulate.says('\n');
  return simulate;
}

describe('simulate', () => {
  it('prints its endpoint on the one line of stdout when it answers there, and ends well when it is told to', async () => {
    const simulate = await startSimulate();
    expect(simulate.stdout()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/);
    const response = await fetch(`${simulate.stdout().trim()}/_simulator/jobs`);
    expect(await response.json()).toEqual([]);
    simulate.process.kill('SIGTERM');
    expect(await simulate.ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^http\S+\n$/) as unknown });
  });

  it('refuses a folder that another one uses', async () => {
    const { process } = await startSimulate();
    const second = await nightscore(['simulate', '--data', folder]);
    expect(second).toMatchObject({ code: 2, stdout: '' });
    expect(second.stderr).toContain(`Another simulator (process ${process.pid}) uses the folder ${folder}`);
  });

  it('refuses a port that is taken, and names the option', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await nightscore(['simulate', '--data', folder, '--port', String(port)]);
    other.close();
    expect(code).toBe(2);
    expect(stderr).toContain(`Port ${port} is taken by another program`);
    expect(stderr).toContain('--port');
  });

  it('refuses resources that are not valid, and says what is wrong with them', async () => {
    await writeFile(join(folder, 'resources.yaml'), "account: '12'\n");
    const { code, stderr } = await nightscore(['simulate', '--data', folder]);
    expect(code).toBe(2);
    expect(stderr).toContain(join(folder, 'resources.yaml'));
    expect(stderr).toContain('account');
  });
});
