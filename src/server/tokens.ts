import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { NAME_RULES } from '../pipeline/names.ts';
import { formatProblem, pathText, type Finding } from '../pipeline/validation/problem.ts';
import { readYaml } from '../pipeline/validation/yaml-source.ts';
import { findingsOf } from '../pipeline/validation/zod-findings.ts';
import { ALL_PIPELINES, SCOPES, type Caller } from './callers.ts';

/** 256 random bits: nobody finds one by trying, so a plain hash of it keeps it secret, and a slow one would only slow us down. */
const TOKEN_BYTES = 32;
/** Lets people, and tools that look for leaked secrets, see what it is. */
const TOKEN_PREFIX = 'nightscore_';
const HASH_PREFIX = 'sha256:';

/** A file of tokens that cannot be used; the message has a line for each thing to mend. */
export class TokensFileError extends Error {
  override readonly name = 'TokensFileError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

const CALLER_NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$/;
const CALLER_NAME_RULE = 'a name is 1 to 63 letters, digits and . _ @ - and begins with a letter or digit';

const pipelineName = z.string().refine((name) => name === ALL_PIPELINES || NAME_RULES.pipeline.pattern.test(name), {
  message: `${NAME_RULES.pipeline.says}; or it is "*", for all`,
});

const entryShape = z.strictObject({
  name: z.string().regex(CALLER_NAME, CALLER_NAME_RULE),
  hash: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/, 'must be what `nightscore token` prints, sha256: and 64 hexadecimal digits'),
  scopes: z.array(z.enum(SCOPES)).min(1),
  pipelines: z.array(pipelineName).min(1),
});

const fileShape = z.strictObject({ tokens: z.array(entryShape).min(1) });

/** What the file of tokens says of one; the token itself is nowhere. */
export type TokenEntry = z.infer<typeof entryShape>;

/** The callers whom a server knows, by their tokens. */
export interface Tokens {
  callerOf(token: string): Caller | undefined;
}

/** A new token, which has to be handed to its caller now, and its entry for the file. Throws a TokensFileError when an entry cannot be so. */
export function createToken(entry: Omit<TokenEntry, 'hash'>): { token: string; entry: TokenEntry } {
  const token = TOKEN_PREFIX + randomBytes(TOKEN_BYTES).toString('base64url');
  const { name, scopes, pipelines } = entry;
  const whole = { name, hash: HASH_PREFIX + hashOf(token).toString('hex'), scopes, pipelines };
  const findings = findingsOf(entryShape, whole, [], { templates: false });
  if (findings.length > 0)
    throw new TokensFileError(findings.map((finding) => textOf('', finding, { line: 0, column: 0 })));
  return { token, entry: whole };
}

/** Reads a file of tokens. Throws a TokensFileError that says where what is wrong. */
export async function readTokens(file: string): Promise<Tokens> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new TokensFileError([`${file}: the file of tokens cannot be read: ${error.code}`]);
  });
  const source = readYaml(text);
  const syntax = source.problems.map((problem) => formatProblem({ file, path: '', ...problem }));
  if (syntax.length > 0) throw new TokensFileError(syntax);
  const findings = [...findingsOf(fileShape, source.value, [], { templates: false }), ...repetitions(source.value)];
  if (findings.length > 0) throw new TokensFileError(findings.map((one) => textOf(file, one, source.positionOf(one))));
  return tokensOf(fileShape.parse(source.value).tokens);
}

function tokensOf(entries: readonly TokenEntry[]): Tokens {
  const known = entries.map(({ hash, ...caller }) => ({
    caller,
    hash: Buffer.from(hash.slice(HASH_PREFIX.length), 'hex'),
  }));
  return {
    callerOf(token) {
      const hash = hashOf(token);
      // All are compared, each in constant time, so that the time tells nothing of which came near.
      const matching = known.filter((entry) => timingSafeEqual(entry.hash, hash));
      return matching[0]?.caller;
    },
  };
}

/** Two tokens of one name could not be told apart in runs and in the audit log; one token of two names is a slip, and its second entry would mean nothing. */
function repetitions(value: unknown): Finding[] {
  const tokens = fileShape.safeParse(value).data?.tokens ?? [];
  return tokens.flatMap(({ name, hash }, index): Finding[] => {
    const before = tokens.slice(0, index);
    const sameHash = before.find((other) => other.hash === hash);
    const said = (member: string, message: string) => ({
      path: ['tokens', index, member],
      at: 'value' as const,
      message,
    });
    return [
      ...(before.some((other) => other.name === name) ? [said('name', `there is a token named ${name} already`)] : []),
      ...(sameHash
        ? [said('hash', `this is the token of ${sameHash.name} already: make each caller one of his own`)]
        : []),
    ];
  });
}

function textOf(
  file: string,
  { path, message, suggestion }: Finding,
  position: { line: number; column: number },
): string {
  return formatProblem({
    file,
    ...position,
    path: pathText(path),
    message,
    ...(suggestion !== undefined && { suggestion }),
  });
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
