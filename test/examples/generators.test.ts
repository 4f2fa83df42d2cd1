import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXAMPLES, SIMULATOR, readExample } from './example-files.ts';

const S3 = 's3/nightscore-examples';

describe('the seeded generators', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nightscore-examples-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function generate(script: string): void {
    execFileSync(process.execPath, [join(EXAMPLES, 'generate', script), folder]);
  }

  it('make the card payments again, byte for byte', () => {
    generate('card-payments.js');
    const file = `${S3}/card-payments/input/payments.csv`;
    expect(readFileSync(join(folder, file), 'utf8')).toBe(readExample(`simulator/${file}`));
  });

  it('make the viewers, the films and their model again, byte for byte', () => {
    cpSync(join(SIMULATOR, 'resources.yaml'), join(folder, 'resources.yaml'));
    forgetFactors(join(folder, 'resources.yaml'));
    generate('film-recommendations.js');
    const files = ['viewers.jsonl', 'films.jsonl'].map((name) => `${S3}/film-recommendations/input/${name}`);
    for (const file of ['resources.yaml', ...files]) {
      expect(readFileSync(join(folder, file), 'utf8')).toBe(readExample(`simulator/${file}`));
    }
  });
});

/** Empties the block that the generator fills, so that what stands in it afterwards is the generator's. */
function forgetFactors(file: string): void {
  const lines = readFileSync(file, 'utf8').split('\n');
  const begin = lines.findIndex((line) => line.includes('# begin film-factors:'));
  const end = lines.findIndex((line) => line.includes('# end film-factors'));
  writeFileSync(file, [...lines.slice(0, begin + 1), ...lines.slice(end)].join('\n'));
}
