import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvFields, csvRecord } from '../src/simulator/csv-text.ts';
import { textLines } from '../src/text-lines.ts';

async function* chunksOf(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
  const places = cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b);
  for (const [index, end] of [...places, bytes.length].entries()) yield bytes.subarray(places[index - 1] ?? 0, end);
}

async function linesOf(text: string, cuts: readonly number[] = [], longest = 1000): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of textLines(chunksOf(Buffer.from(text), cuts), longest)) lines.push(line.text);
  return lines;
}

const lineText = fc.string({ unit: fc.constantFrom('a', ',', '"', 'é', '漢', '🦊', ' '), maxLength: 12 });

test('lines are the same wherever the bytes are cut, and whether they end by LF or CRLF', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(lineText, { maxLength: 8 }),
      fc.constantFrom('\n', '\r\n'),
      fc.array(fc.nat(), { maxLength: 6 }),
      async (lines, end, cuts) => {
        expect(await linesOf(lines.map((line) => line + end).join(''), cuts)).toEqual(lines);
      },
    ),
  );
});

test('the last line needs no end, and a byte order mark is no part of the first', async () => {
  expect(await linesOf('\uFEFFa\nb', [1, 2, 4])).toEqual(['a', 'b']);
  expect(await linesOf('')).toEqual([]);
  expect(await linesOf('\n\n')).toEqual(['', '']);
});

test('a line that is too long is cut and marked, so that memory stays constant', async () => {
  const seen: [number, boolean][] = [];
  for await (const { text, tooLong } of textLines(chunksOf(Buffer.from(`${'x'.repeat(50)}\nshort\r\n`), [20]), 10)) {
    seen.push([text.length, tooLong]);
  }
  expect(seen).toEqual([
    [10, true],
    [5, false],
  ]);
});

test('a CSV record that is written comes back as it was', () => {
  const field = fc.string({ unit: fc.constantFrom('a', ',', '"', 'é', ' ', ';', "'"), maxLength: 6 });
  fc.assert(
    fc.property(fc.array(field, { minLength: 1, maxLength: 5 }), (fields) => {
      expect(csvFields(csvRecord(fields))).toEqual(fields);
    }),
  );
});
