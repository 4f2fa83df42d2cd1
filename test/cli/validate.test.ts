import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { validate } from '../../src/cli/validate.ts';
import { pipeline } from '../support/example-pipelines.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nightscore-validate-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** What `validate` says on stderr of a file with this name, of a pipeline that is called churn. */
async function notesOf(name: string): Promise<string> {
  const file = join(folder, name);
  const copy = { uses: 's3/copy', with: { from: 's3://acme-scores/a', to: 's3://acme-scores/b' } };
  await writeFile(file, JSON.stringify(pipeline('churn', { copy })));
  const written: string[] = [];
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  await validate([file]).finally(() => vi.restoreAllMocks());
  return written.join('');
}

describe('validate', () => {
  it('warns of a valid file in which nobody would look for its pipeline', async () => {
    expect(await notesOf('fraud.yaml')).toMatch(/^Warning: .*fraud\.yaml: it is not called churn\.yaml\./);
    expect(process.exitCode).toBeUndefined();
  });

  it.each(['churn.yaml', 'churn.yml'])('says nothing of %s', async (name) => {
    expect(await notesOf(name)).toBe('');
  });
});
