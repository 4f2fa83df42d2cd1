import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { displacedPath, keyOfPath, pathsOfKey } from '../../../src/simulator/s3/key-path.ts';

const awkwardPiece = fc.constantFrom(
  '/',
  '//',
  '.',
  '..',
  '%',
  '%25',
  '%2E',
  '%file',
  '%empty',
  '%more',
  '\\',
  '\0',
  '\n',
  'ä',
  '😀',
  'A',
  'a',
);
const awkwardKey = fc
  .array(fc.oneof(awkwardPiece, fc.string({ unit: 'binary', maxLength: 4 })))
  .map((pieces) => pieces.join(''));
const longKey = fc
  .tuple(awkwardPiece, fc.integer({ min: 1, max: 1024 }))
  .map(([piece, times]) => piece.repeat(times).slice(0, 1024));
const anyKey = fc
  .oneof(awkwardKey, longKey, fc.webPath(), fc.string({ unit: 'binary', maxLength: 1024 }))
  .filter((key) => key !== '');

const isSafeName = (name: string) =>
  !['', '.', '..'].includes(name) && !/[\0\\]/.test(name) && Buffer.byteLength(name) <= 255;

describe('the path of a key', () => {
  test('is the key itself for ordinary keys', () => {
    for (const key of ['file.csv', 'my-folder/file.csv', '2026-11-20T02:00:00Z/part 1 (ä).csv', '.hidden/_CHECK']) {
      expect(pathsOfKey(key)[0]).toBe(key);
    }
  });

  test('leads back to the key, for any key', () => {
    fc.assert(
      fc.property(anyKey, (key) => {
        for (const path of pathsOfKey(key)) expect(keyOfPath(path)).toBe(key);
        expect(keyOfPath(displacedPath(pathsOfKey(key)[0]))).toBe(key);
      }),
      { numRuns: 2000 },
    );
  });

  test('stays inside its folder and holds only names that a file system takes, for any key', () => {
    fc.assert(
      fc.property(anyKey, (key) => {
        const names = pathsOfKey(key).flatMap((path) => path.split('/'));
        expect(names.filter((name) => !isSafeName(name))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  test('is never the path of another key', () => {
    fc.assert(
      fc.property(awkwardKey, awkwardKey, (one, other) => {
        fc.pre(one !== other && one !== '' && other !== '');
        const paths: string[] = pathsOfKey(one);
        expect(paths.filter((path) => pathsOfKey(other).includes(path))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a file that a person named', () => {
  test('is found under the key that its name spells, percent signs included', () => {
    for (const name of ['100%.csv', 'a%20b.csv', 'half%', '100%/x.csv']) {
      expect(keyOfPath(name)).toBe(name);
      expect(pathsOfKey(name)).toContain(name);
    }
  });
});
