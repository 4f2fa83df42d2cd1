import { quoted } from './wording.ts';

/** The kinds of name that people choose, and what each may look like. */
export const NAME_RULES = {
  pipeline: {
    pattern: /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    says: 'a pipeline name is 1 to 63 lower-case letters, digits and hyphens, without a hyphen at either end',
  },
  // Keys become parts of workflow ids, URLs, S3 URIs and visibility queries, so nothing in them may need escaping.
  key: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9._+:=@~-]{0,127}$/,
    says: 'a key is 1 to 128 letters, digits and . _ + : = @ ~ - and begins with a letter or digit',
  },
  // CEL reads `steps.my-step` as a subtraction, so a step id has to be a CEL identifier.
  step: {
    pattern: /^[a-z][a-z0-9_]{0,62}$/,
    says: 'a step id is 1 to 63 lower-case letters, digits and underscores and begins with a letter (no hyphens: expressions read them as minus)',
  },
  param: {
    pattern: /^[A-Za-z][A-Za-z0-9_]{0,62}$/,
    says: 'a parameter name is 1 to 63 letters, digits and underscores and begins with a letter (no hyphens: expressions read them as minus)',
  },
} as const satisfies Record<string, { pattern: RegExp; says: string }>;

export type NameKind = keyof typeof NAME_RULES;

/** Why `name` cannot be a name of this kind, for a person; undefined when it can. */
export function nameProblem(kind: NameKind, name: string): string | undefined {
  const { pattern, says } = NAME_RULES[kind];
  return pattern.test(name) ? undefined : `${quoted(name)} is not allowed: ${says}`;
}
