/** Longest expression that is read. It bounds the work that a hostile text can cause. */
export const MAX_EXPRESSION_LENGTH = 2_000;

const OPENING = '${{';
const ESCAPED_OPENING = '$${{';
// What can hide or nest a closing `}}` inside a CEL expression: string literals and map literals.
const EXPRESSION_TOKEN = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[{}]/gs;

/** A piece of a template: a text to keep, or an expression to put a value in place of. */
export type TemplatePart =
  | { kind: 'text'; text: string }
  /** `offset` is where `source`, all that stands between `${{` and `}}`, begins in the template. */
  | { kind: 'expression'; source: string; offset: number }
  /** A `${{` without its `}}`, at `offset`. */
  | { kind: 'unclosed'; offset: number };

/** Splits a text into its literal and `${{ }}` parts. `$${{` is a literal `${{`. */
export function parseTemplate(template: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let text = '';
  let position = 0;
  for (;;) {
    const opening = template.indexOf(OPENING, position);
    if (opening < 0) break;
    if (opening > position && template.startsWith(ESCAPED_OPENING, opening - 1)) {
      text += template.slice(position, opening - 1) + OPENING;
      position = opening + OPENING.length;
      continue;
    }
    text += template.slice(position, opening);
    if (text !== '') parts.push({ kind: 'text', text });
    text = '';
    const offset = opening + OPENING.length;
    const end = expressionEnd(template, offset);
    if (end === undefined) return [...parts, { kind: 'unclosed', offset: opening }];
    parts.push({ kind: 'expression', source: template.slice(offset, end), offset });
    position = end + 2;
  }
  text += template.slice(position);
  if (text !== '' || parts.length === 0) parts.push({ kind: 'text', text });
  return parts;
}

/** How many `${{`, escaped or not, the texts of a value hold. A text that holds none means its letters. */
export function countTemplates(value: unknown): number {
  if (typeof value === 'string') return value.split(OPENING).length - 1;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, member) => sum + countTemplates(member), 0);
}

/** Where the `}}` stands that closes an expression which begins at `start`. */
function expressionEnd(template: string, start: number): number | undefined {
  const source = template.slice(start, start + MAX_EXPRESSION_LENGTH);
  let depth = 0;
  for (const token of source.matchAll(EXPRESSION_TOKEN)) {
    if (token[0] === '{') depth += 1;
    else if (token[0] === '}' && depth > 0) depth -= 1;
    else if (token[0] === '}' && source[token.index + 1] === '}') return start + token.index;
  }
  return undefined;
}
