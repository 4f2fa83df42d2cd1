import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ObjectStore } from '../../../src/simulator/s3/object-store.ts';

let folder: string;
let store: ObjectStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nightscore-objects-'));
  store = new ObjectStore(folder);
  await store.createBucket('scores');
});
afterEach(() => rm(folder, { recursive: true }));

const keysOf = async () => (await store.list('scores', '')).map(({ key }) => key);

describe('an object', () => {
  test('is a file that a person can open', async () => {
    await store.put('scores', 'my-folder/file.csv', 'a,b\n');
    expect(await readFile(join(folder, 'scores/my-folder/file.csv'), 'utf8')).toBe('a,b\n');
  });

  test('is described by its MD5, size and content type, also after a restart', async () => {
    const stored = await store.put('scores', 'a.csv', Readable.from(['a', 'bc']), {
      contentType: 'text/csv',
      headers: { 'x-amz-meta-owner': 'me' },
    });
    expect(stored).toMatchObject({
      key: 'a.csv',
      size: 3,
      etag: '900150983cd24fb0d6963f7d28e17f72',
      contentType: 'text/csv',
      headers: { 'x-amz-meta-owner': 'me' },
    });
    expect(await new ObjectStore(folder).head('scores', 'a.csv')).toEqual(stored);
  });

  test('is read whole or in part', async () => {
    await store.put('scores', 'a', '0123456789');
    expect(await text(store.read('scores', 'a'))).toBe('0123456789');
    expect(await text(store.read('scores', 'a', { start: 3, end: 5 }))).toBe('345');
  });

  test('that is not there is undefined to head, fails to read and may be deleted', async () => {
    expect(await store.head('scores', 'none')).toBeUndefined();
    await expect(text(store.read('scores', 'none'))).rejects.toMatchObject({ code: 'NoSuchKey' });
    await store.delete('scores', 'none');
  });

  test('is not changed by a body that fails', async () => {
    await store.put('scores', 'a', 'old');
    const failing = Readable.from(
      (async function* () {
        yield 'new';
        throw new Error('connection lost');
      })(),
    );
    await expect(store.put('scores', 'a', failing)).rejects.toThrow('connection lost');
    expect(await text(store.read('scores', 'a'))).toBe('old');
    expect(await readdir(join(folder, '.nightscore/incoming'))).toEqual([]);
  });

  test('goes on being read as it was when it is replaced meanwhile', async () => {
    await store.put('scores', 'a', 'old');
    const opened = await store.open('scores', 'a');
    await store.put('scores', 'a', 'newer');
    expect(await text(opened!.read())).toBe('old');
    await opened!.close();
  });

  test('can be named `a` and `a/b` at once, whichever came first', async () => {
    for (const keys of [
      ['a', 'a/b', 'a/b/c'],
      ['x/y/z', 'x/y', 'x'],
    ]) {
      for (const key of keys) await store.put('scores', key, `body of ${key}`);
      for (const key of keys) expect(await text(store.read('scores', key))).toBe(`body of ${key}`);
    }
    expect(await keysOf()).toEqual(['a', 'a/b', 'a/b/c', 'x', 'x/y', 'x/y/z']);
  });

  test('leaves no folders behind when it is deleted', async () => {
    await store.put('scores', 'deep/down/a', '');
    await store.put('scores', 'deep/b', '');
    await store.delete('scores', 'deep/down/a');
    expect(await readdir(join(folder, 'scores/deep'))).toEqual(['b']);
    await store.delete('scores', 'deep/b');
    expect(await readdir(join(folder, 'scores'))).toEqual([]);
  });

  test('may be put many times at once: one of the bodies wins whole', async () => {
    const bodies = Array.from({ length: 20 }, (_, index) => String(index).repeat(5000));
    await Promise.all(bodies.map((body) => store.put('scores', 'a/b', body)));
    expect(bodies).toContain(await text(store.read('scores', 'a/b')));
  });

  test('keeps its body whatever other keys are put and deleted', async () => {
    const segment = fc.constantFrom(
      '',
      '.',
      '..',
      'a',
      'A',
      '%',
      '%file',
      '%empty',
      '.nightscore',
      'x'.repeat(300),
      'ü',
    );
    const anyKey = fc
      .array(segment, { minLength: 1, maxLength: 3 })
      .map((segments) => segments.join('/'))
      .filter((joined) => joined !== '');
    const change = fc.record({ key: anyKey, body: fc.option(fc.string()) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 12 }), async (changes) => {
        const expected = new Map<string, string>();
        for (const { key, body } of changes) {
          if (body === null) await store.delete('scores', key);
          else await store.put('scores', key, body);
          if (body === null) expected.delete(key);
          else expected.set(key, body);
        }
        const found = new Map<string, string>();
        for (const key of await store.keys('scores', '')) found.set(key, await text(store.read('scores', key)));
        expect(found).toEqual(expected);
        for (const key of expected.keys()) await store.delete('scores', key);
        expect(await readdir(join(folder, 'scores'))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  test('has a key of at most 1024 bytes', async () => {
    const longest = 'ü'.repeat(512);
    await store.put('scores', longest, 'long');
    expect(await keysOf()).toEqual([longest]);
    await expect(store.put('scores', `${longest}x`, '')).rejects.toMatchObject({ code: 'KeyTooLongError' });
    expect(await readdir(join(folder, '.nightscore/incoming'))).toEqual([]);
  });
});

describe('a file that a person drops into the folder', () => {
  test('is an object, also where Nightscore would have named it otherwise', async () => {
    await mkdir(join(folder, 'scores/100%'));
    await writeFile(join(folder, 'scores/100%/all%.csv'), 'abc');
    expect(await store.list('scores', '')).toMatchObject([
      { key: '100%/all%.csv', size: 3, etag: '900150983cd24fb0d6963f7d28e17f72', contentType: 'binary/octet-stream' },
    ]);
    await store.put('scores', '100%/all%.csv', 'replaced');
    expect(await text(store.read('scores', '100%/all%.csv'))).toBe('replaced');
    expect(await keysOf()).toEqual(['100%/all%.csv']);
  });

  test('in a folder of its own is an object in a bucket', async () => {
    await mkdir(join(folder, 'dropped'));
    await writeFile(join(folder, 'dropped/a'), '');
    expect((await store.listBuckets()).map(({ name }) => name)).toEqual(['dropped', 'scores']);
    expect(await store.hasBucket('dropped')).toBe(true);
  });

  test('over an object replaces it', async () => {
    await store.put('scores', 'a', 'abd', { contentType: 'text/csv' });
    await writeFile(join(folder, 'scores/a'), 'abc');
    expect(await store.head('scores', 'a')).toMatchObject({ etag: '900150983cd24fb0d6963f7d28e17f72' });
  });
});

describe('a list', () => {
  test('is in the order of the UTF-8 bytes of the keys', async () => {
    const keys = ['a', 'a-b', 'a/b', 'a0', 'B', 'ä', '\uffee', '😀'];
    for (const key of keys) await store.put('scores', key, '');
    expect(await keysOf()).toEqual(['B', 'a', 'a-b', 'a/b', 'a0', 'ä', '\uffee', '😀']);
  });

  test('holds only keys with the prefix, which need not end at a slash', async () => {
    const long = `${'x'.repeat(500)}/y`;
    for (const key of ['in/one', 'in/two', 'inner', 'out', long]) await store.put('scores', key, '');
    expect(await store.keys('scores', 'in')).toEqual(['in/one', 'in/two', 'inner']);
    expect(await store.keys('scores', 'in/t')).toEqual(['in/two']);
    expect(await store.keys('scores', 'x'.repeat(490))).toEqual([long]);
  });
});

describe('a bucket', () => {
  test('is refused under a name that S3 would not take', async () => {
    for (const name of [
      'ab',
      'Scores',
      '..',
      '../x',
      'a..b',
      '192.168.0.1',
      '-ab',
      'x-s3alias',
      'a/b',
      '.nightscore',
    ]) {
      await expect(store.createBucket(name)).rejects.toMatchObject({ code: 'InvalidBucketName' });
      expect(await store.hasBucket(name)).toBe(false);
    }
  });

  test('is created once', async () => {
    await expect(store.createBucket('scores')).rejects.toMatchObject({ code: 'BucketAlreadyOwnedByYou' });
  });

  test('is deleted only when it is empty', async () => {
    await store.put('scores', 'a/b', '');
    await expect(store.deleteBucket('scores')).rejects.toMatchObject({ code: 'BucketNotEmpty' });
    await store.delete('scores', 'a/b');
    await store.deleteBucket('scores');
    expect(await store.hasBucket('scores')).toBe(false);
    await expect(store.put('scores', 'a', '')).rejects.toMatchObject({ code: 'NoSuchBucket' });
  });
});
