import { isNode, Lexer, LineCounter, parseDocument, visit, type Document, type YAMLMap } from 'yaml';
import type { Finding } from './problem.ts';
import { quoted } from '../wording.ts';
import { keyText, offsetOf, PairIndex } from './yaml-position.ts';

/** Largest file that is read, in bytes of UTF-8. */
const MAX_FILE_BYTES = 1024 * 1024;

/** Each token may become an error, which takes far longer than the token; 500 large steps have some 50,000. */
const MAX_TOKENS = 200_000;
const MAX_SYNTAX_ERRORS = 20;
/** YAML's own measure of how much larger aliases make a file: https://eemeli.org/yaml/#tojs-options */
const MAX_ALIAS_COUNT = 100;

/** Our own codes beside those of the library. */
const KEY_IS_NO_TEXT = 'KEY_IS_NO_TEXT';
const KEY_IS_REPEATED = 'KEY_IS_REPEATED';

/** Counted from 1. */
interface Position {
  line: number;
  column: number;
}

interface SyntaxProblem extends Position {
  message: string;
}

export interface YamlSource {
  /** What the file says, as plain data; absent when it cannot be told. */
  value?: unknown;
  problems: SyntaxProblem[];
  /** Where in the file a finding is to be shown: as near to its path as the file goes. */
  positionOf(finding: Pick<Finding, 'path' | 'at'>): Position;
}

/** Reads the YAML of a file. Never throws, whatever the text. */
export function readYaml(file: string): YamlSource {
  if (file.length > MAX_FILE_BYTES || new TextEncoder().encode(file).length > MAX_FILE_BYTES) {
    return unreadable('the file is larger than 1 MB');
  }
  const text = file.startsWith('\uFEFF') ? file.slice(1) : file;
  if (hasTooManyTokens(text)) return unreadable(`the file has more than ${MAX_TOKENS} words and signs of YAML`);
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter,
    prettyErrors: false,
    schema: 'core',
    resolveKnownTags: false,
    // Ours is below: the library compares every key with every other, which takes a minute for a file of 500 kB.
    uniqueKeys: false,
  });
  const positionAt = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const { isReadable, errors } = syntaxErrors(document, text, lineCounter);
  const problems = errors.map(({ offset, message }) => ({ ...positionAt(offset), message }));
  if (!isReadable) return { problems, positionOf: () => positionAt(0) };
  if (document.contents === null) return unreadable('the file is empty');

  const pairsOf = new PairIndex();
  const positionOf: YamlSource['positionOf'] = (finding) => positionAt(offsetOf(finding, document, text, pairsOf));
  try {
    return { value: document.toJS({ maxAliasCount: MAX_ALIAS_COUNT }), problems, positionOf };
  } catch (error) {
    const message = `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    return { problems: [...problems, { ...positionAt(firstAlias(document)), message }], positionOf };
  }
}

function unreadable(message: string): YamlSource {
  const start = { line: 1, column: 1 };
  return { problems: [{ ...start, message }], positionOf: () => start };
}

interface SyntaxErrors {
  isReadable: boolean;
  errors: { offset: number; message: string }[];
}

/** One error for each line, because most of the others follow from the first. A file whose only errors are repeated keys is readable. */
function syntaxErrors(document: Document.Parsed, text: string, lineCounter: LineCounter): SyntaxErrors {
  const all = [...document.errors, ...document.warnings, ...keyErrors(document)];
  const isFatal = all.some(({ code }) => code !== KEY_IS_REPEATED);
  const seenLines = new Set<number>();
  const kept = all.filter(({ code, pos }) => {
    const { line } = lineCounter.linePos(pos[0]);
    const isNew = code === KEY_IS_REPEATED || !seenLines.has(line);
    seenLines.add(line);
    return isNew;
  });
  const errors = kept.slice(0, MAX_SYNTAX_ERRORS).map(({ code, message, pos }) => ({
    offset: pos[0],
    message: wordingOf(code, message, lineAt(text, pos[0])),
  }));
  return { isReadable: !isFatal, errors };
}

function wordingOf(code: string, message: string, line: string): string {
  if (code === KEY_IS_NO_TEXT || code === KEY_IS_REPEATED) return message;
  if (code === 'MULTIPLE_DOCS') return 'a file holds one pipeline: take out the --- and what follows it';
  if (code === 'TAG_RESOLVE_FAILED') return `tags are not supported: ${message}`;
  if (message.includes('call stack')) return 'the file is nested too deeply';
  const hint = line.includes('${{')
    ? '; put the text with ${{ }} in quotes, because YAML reads { }, : and # in it'
    : '';
  return `not valid YAML: ${message}${hint}`;
}

interface KeyError {
  code: string;
  message: string;
  pos: [number, number];
}

function keyErrors(document: Document.Parsed): KeyError[] {
  const errors: KeyError[] = [];
  if (document.errors.length > 0) return errors;
  visit(document, {
    Map(_, map) {
      errors.push(...keyErrorsOf(map));
    },
  });
  return errors;
}

function keyErrorsOf(map: YAMLMap): KeyError[] {
  const seen = new Set<string>();
  return map.items.flatMap(({ key }): KeyError[] => {
    const [start, end] = isNode(key) && key.range ? key.range : [0, 0];
    const pos: [number, number] = [start, end];
    const name = keyText(key);
    if (name === undefined) return [{ code: KEY_IS_NO_TEXT, message: 'a key must be a text', pos }];
    if (seen.has(name)) return [{ code: KEY_IS_REPEATED, message: `${quoted(name)} stands here twice`, pos }];
    seen.add(name);
    return [];
  });
}

function hasTooManyTokens(text: string): boolean {
  const tokens = new Lexer().lex(text);
  for (let count = 0; count <= MAX_TOKENS; count += 1) if (tokens.next().done) return false;
  return true;
}

function firstAlias(document: Document.Parsed): number {
  let offset = 0;
  visit(document, {
    Alias(_, alias) {
      offset = alias.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return offset;
}

function lineAt(text: string, offset: number): string {
  const end = text.indexOf('\n', offset);
  return text.slice(text.lastIndexOf('\n', offset - 1) + 1, end < 0 ? undefined : end);
}
