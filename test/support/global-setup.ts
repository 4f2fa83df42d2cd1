import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { TestProject } from 'vitest/node';
import { connectClient } from '../../src/temporal/connection.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A real Temporal server for all tests, with Nightscore's search attributes. */
    temporalAddress: string;
    /** File of the bundled workflows. */
    workflowBundle: string;
  }
}
