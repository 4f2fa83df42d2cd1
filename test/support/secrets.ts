import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';

/** What the tests sign their calls with; it must be found nowhere. */
export const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'AKIDOFTHEWHOLESUITE',
  AWS_SECRET_ACCESS_KEY: 'the-secret-of-the-whole-suite',
  AWS_SESSION_TOKEN: 'the-token-of-the-whole-suite',
};

/** Credentials, and what is in signed links such as Amazon ML's `LogUri`. */
const SECRETS: readonly (string | RegExp)[] = [
  ...Object.values(CREDENTIALS),
  /X-Amz-(?:Signature|Credential|Security-Token)/i,
  '/_simulator/logs/',
];

/** What the main process of the tests and its reporter share: where logs and ledgers are kept, and which Temporal server has the histories. */
export interface Evidence {
  folder: string;
  temporalAddress: string;
}

/** Every place of the suite's logs, ledgers and histories that holds a secret, as a text that does not repeat it; and how much was searched. */
export async function findSecrets({
  folder,
  temporalAddress,
}: Evidence): Promise<{ found: string[]; searched: number }> {
  const found: string[] = [];
  let searched = 0;
  const search = (where: string, text: string) => {
    searched += 1;
    for (const secret of SECRETS) {
      const isThere = typeof secret === 'string' ? text.includes(secret) : secret.test(text);
      if (isThere) found.push(`${where} holds ${String(secret).slice(0, 12)}…`);
    }
  };
  for (const file of await readdir(folder)) search(file, await readFile(join(folder, file), 'utf8'));
  const connection = await Connection.connect({ address: temporalAddress });
  const histories = new Client({ connection }).workflow.list().intoHistories({ concurrency: 8 });
  for await (const { workflowId, history } of histories) search(`the history of ${workflowId}`, textOf(history));
  await connection.close();
  return { found, searched };
}

/** All texts in a history; payloads are bytes. */
function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(textOf).join('\n');
}
