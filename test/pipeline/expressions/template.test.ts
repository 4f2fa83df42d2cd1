import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_EXPRESSION_LENGTH, parseTemplate } from '../../../src/pipeline/expressions/template.ts';

describe('a template', () => {
  test.each([
    ['plain', ['plain']],
    ['', ['']],
    ['a ${{ x }} b', ['a ', { source: ' x ', offset: 5 }, ' b']],
    [
      '${{a}}${{b}}',
      [
        { source: 'a', offset: 3 },
        { source: 'b', offset: 9 },
      ],
    ],
    ['$${{ x }}', ['${{ x }}']],
    ['${{ a }}$${{ b }}', [{ source: ' a ', offset: 3 }, '${{ b }}']],
    ['$ { } }} {{ x }}', ['$ { } }} {{ x }}']],
    ['${{ "}}" }}', [{ source: ' "}}" ', offset: 3 }]],
    ["${{ '\\'}}' }}", [{ source: " '\\'}}' ", offset: 3 }]],
    ['${{ {"a": {"b": 1}} }}', [{ source: ' {"a": {"b": 1}} ', offset: 3 }]],
    ['${{ " }}', [{ source: ' " ', offset: 3 }]],
  ])('%j has the parts %j', (text, expected) => {
    const parts = parseTemplate(text).map((part) =>
      part.kind === 'expression'
        ? { source: part.source, offset: part.offset }
        : part.kind === 'text'
          ? part.text
          : part,
    );
    expect(parts).toEqual(expected);
  });

  test.each(['${{', 'a ${{ x }', `\${{ ${'x'.repeat(MAX_EXPRESSION_LENGTH)} }}`])('%.20s… is not closed', (text) => {
    expect(parseTemplate(text).at(-1)).toEqual({ kind: 'unclosed', offset: text.indexOf('${{') });
  });

  test('without ${{ is one text, unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('$', '{', '}', 'a', '"', '\\') }), (text) => {
        fc.pre(!text.includes('${{'));
        expect(parseTemplate(text)).toEqual([{ kind: 'text', text }]);
      }),
    );
  });

  test('gives back its text, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('${{', '}}', '$', '{', '}', 'a', '"', "'", '\\') }), (text) => {
        const parts = parseTemplate(text);
        const written = parts.map((part) => {
          if (part.kind === 'text') return part.text.replaceAll('${{', () => '$${{');
          return part.kind === 'expression' ? `\${{${part.source}}}` : text.slice(part.offset);
        });
        expect(written.join('')).toBe(text);
      }),
    );
  });

  test('is read in time that grows with its length only', () => {
    const texts = ['${{ "', '"\\', '${{', '${{ { ', "${{ a }} '"].map((piece) =>
      piece.repeat(1_000_000 / piece.length),
    );
    const start = performance.now();
    texts.forEach(parseTemplate);
    expect(performance.now() - start).toBeLessThan(3_000);
  });
});
