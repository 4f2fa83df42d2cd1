import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { TestProject } from 'vitest/node';
import { startLocalServer } from '../../src/temporal/local-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A real Temporal server for all tests, with Nightscore's search attributes. */
    temporalAddress: string;
    /** File of the bundled workflows. */
    workflowBundle: string;
    /** Folder for the logs and ledgers in which secrets are looked for at the end. */
    evidence: string;
  }
}

/** What is costly and can be shared: one Temporal server and one bundle of the workflows. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'nightscore-setup-'));
  const [server, bundle] = await Promise.all([startLocalServer({ uiPort: 'none' }), bundleWorkflows()]);
  const workflowBundle = join(folder, 'workflow-bundle.js');
  await writeFile(workflowBundle, bundle);
  project.provide('temporalAddress', server.address);
  project.provide('workflowBundle', workflowBundle);
  const evidence = join(folder, 'evidence');
  await mkdir(evidence);
  project.provide('evidence', evidence);
  globalThis.nightscoreEvidence = { folder: evidence, temporalAddress: server.address };
  return async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  };
}

async function bundleWorkflows(): Promise<string> {
  const workflowsPath = fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url));
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
  return code;
}
