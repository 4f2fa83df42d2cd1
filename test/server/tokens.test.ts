import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followTokens } from '../../src/server/followed-tokens.ts';
import { createToken, readTokens, TokensFileError } from '../../src/server/tokens.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nightscore-tokens-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function problemsOf(text: string): Promise<string> {
  const file = join(folder, 'tokens.yaml');
  await writeFile(file, text);
  const error = await readTokens(file).catch((reason: unknown) => reason);
  if (!(error instanceof TokensFileError)) throw new Error('The file was taken');
  return error.message.replaceAll(`${folder}/`, '');
}

describe('a file of tokens', () => {
  it('lets in the token that was made, as its entry says, and no other', async () => {
    const first = createToken({ name: 'airflow', scopes: ['read', 'start'], pipelines: ['churn'] });
    const second = createToken({ name: 'ops', scopes: ['operate'], pipelines: ['*'] });
    const text = stringify({ tokens: [first.entry, second.entry] });
    expect(text).not.toContain(first.token);
    const file = join(folder, 'good.yaml');
    await writeFile(file, text);
    const tokens = await readTokens(file);
    expect(tokens.callerOf(first.token)).toEqual({ name: 'airflow', scopes: ['read', 'start'], pipelines: ['churn'] });
    expect(tokens.callerOf(second.token)?.name).toBe('ops');
    for (const wrong of ['', 'x', first.token.slice(0, -1), `${first.token}x`, first.entry.hash]) {
      expect(tokens.callerOf(wrong)).toBeUndefined();
    }
  });

  it('says where what is wrong', async () => {
    const { entry } = createToken({ name: 'airflow', scopes: ['read'], pipelines: ['*'] });
    const text = stringify({ tokens: [entry] });
    expect(await problemsOf(text.replace('read', 'reads'))).toBe(
      'tokens.yaml:5:9 tokens[0].scopes[0]: must be read, start or operate, not "reads" (did you mean read?)',
    );
    expect(await problemsOf(text.replace(/sha256:.*/, 'nightscore_abc'))).toMatch(
      /^tokens\.yaml:3:11 tokens\[0\]\.hash: /,
    );
    expect(await problemsOf(text.replace('"*"', 'Churn'))).toMatch(/tokens\[0\]\.pipelines\[0\]: .*lower-case/);
    expect(await problemsOf(text.replace('scopes', 'scope'))).toContain('unknown key (did you mean scopes?)');
    const other = createToken({ name: 'airflow', scopes: ['read'], pipelines: ['*'] });
    expect(await problemsOf(stringify({ tokens: [entry, other.entry] }))).toMatch(
      /tokens\[1\]\.name: .* airflow already$/,
    );
    expect(await problemsOf(stringify({ tokens: [entry, { ...entry, name: 'ops' }] }))).toMatch(
      /^tokens\.yaml:\d+:\d+ tokens\[1\]\.hash: this is the token of airflow already/,
    );
    expect(await problemsOf('tokens: []')).toContain('at least 1');
    expect(await problemsOf('tokens: [')).toContain('not valid YAML');
    await expect(readTokens(join(folder, 'none.yaml'))).rejects.toThrow('cannot be read: ENOENT');
  });
});

describe('a file of tokens that changes while the server runs', () => {
  const first = createToken({ name: 'airflow', scopes: ['read'], pipelines: ['*'] });
  const second = createToken({ name: 'ops', scopes: ['operate'], pipelines: ['*'] });
  const ended = new AbortController();
  afterAll(() => ended.abort());

  it('takes tokens back and lets new ones in; one that cannot be used changes nothing, and is logged', async () => {
    const errors: unknown[] = [];
    const log = { info: () => {}, error: (told: object) => errors.push(told) };
    // A link that is set to another file, as Kubernetes mounts secrets.
    const file = join(folder, 'followed.yaml');
    const becomes = async (name: string, text: string) => {
      await writeFile(join(folder, name), text);
      await symlink(join(folder, name), join(folder, `${name}.link`));
      await rename(join(folder, `${name}.link`), file);
    };
    await becomes('one.yaml', stringify({ tokens: [first.entry] }));
    const tokens = await followTokens(file, { log, signal: ended.signal, intervalMs: 50 });
    const callers = () => [first, second].map(({ token }) => tokens.callerOf(token)?.name);
    expect(callers()).toEqual(['airflow', undefined]);
    await becomes('bad.yaml', stringify({ tokens: [] }));
    await expect.poll(() => errors, { timeout: 10_000 }).toMatchObject([{ err: { name: 'TokensFileError' }, file }]);
    expect(callers()).toEqual(['airflow', undefined]);
    await becomes('two.yaml', stringify({ tokens: [second.entry] }));
    await expect.poll(callers, { timeout: 10_000 }).toEqual([undefined, 'ops']);
    await rm(file);
    await expect.poll(() => errors, { timeout: 10_000 }).toHaveLength(2);
    expect(callers()).toEqual([undefined, 'ops']);
    await writeFile(file, stringify({ tokens: [first.entry] }));
    await expect.poll(callers, { timeout: 10_000 }).toEqual(['airflow', undefined]);
  });
});

it('a token cannot be made for a caller without a proper name or pipeline', () => {
  expect(() => createToken({ name: 'a b', scopes: ['read'], pipelines: ['*'] })).toThrow('a name is 1 to 63');
  expect(() => createToken({ name: 'a', scopes: ['read'], pipelines: ['A'] })).toThrow('lower-case');
});
