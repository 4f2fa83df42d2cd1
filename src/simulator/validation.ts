import type { ZodType, z } from 'zod';
import { AwsError } from './aws-error.ts';

type Issue = z.core.$ZodIssue;

const LONGEST_VALUE = 256;

/**
 * Holds a request body against the constraints of its shape, as AWS's own front end does. Members that the shape
 * does not know are ignored.
 *
 * @param refusal name of the error with which this service refuses a value
 * @returns the members that the shape knows
 * @throws AwsError: `SerializationException` for a value of another type, else `refusal`, which lists every violation
 */
export function validate<Value>(schema: ZodType<Value>, body: unknown, refusal: string): Value {
  const result = schema.safeParse(body, { reportInput: true });
  if (result.success) return result.data;
  const issues: readonly Issue[] = result.error.issues;
  const wrongType = issues.find((issue) => isOfWrongType(issue));
  if (wrongType) throw new AwsError('SerializationException', typeText(wrongType));
  const violations = issues.map(violationText);
  const count = `${violations.length} validation error${violations.length === 1 ? '' : 's'} detected`;
  throw new AwsError(refusal, `${count}: ${violations.join('; ')}`);
}

function isOfWrongType(issue: Issue): boolean {
  if (isMissing(issue)) return issue.path.length === 0;
  return issue.code === 'invalid_type' || (issue.code === 'invalid_value' && typeof issue.input !== 'string');
}

function isMissing(issue: Issue): boolean {
  return issue.input === undefined || issue.input === null;
}

/** The texts with which AWS's JSON reader refuses a value of the wrong type. */
function typeText({ input, ...issue }: Issue): string {
  if (Array.isArray(input)) return 'Start of list found where not expected';
  if (typeof input === 'object') return 'Start of structure or map found where not expected';
  const found = typeof input === 'boolean' ? `${input}`.toUpperCase() : (typeof input).toUpperCase();
  return `${found}_VALUE cannot be converted to ${wantedType(issue.code === 'invalid_type' ? issue.expected : 'string')}`;
}

function wantedType(expected: string): string {
  const names: Record<string, string> = { int: 'Integer', number: 'Double', array: 'List', object: 'Structure' };
  return names[expected] ?? expected.charAt(0).toUpperCase() + expected.slice(1);
}

function violationText(issue: Issue): string {
  const value = isMissing(issue) ? 'null' : `'${valueText(issue.input)}'`;
  return `Value ${value} at '${memberPath(issue.path)}' failed to satisfy constraint: ${constraintText(issue)}`;
}

/** A long value would hide what is wrong with it. */
function valueText(value: unknown): string {
  const whole = typeof value === 'string' ? value : JSON.stringify(value);
  return whole.length > LONGEST_VALUE ? `${whole.slice(0, LONGEST_VALUE)}…` : whole;
}

/** AWS writes member names in lower camel case and counts list members from 1: `tags.1.member.key`. */
function memberPath(path: readonly PropertyKey[]): string {
  return path.map((part) => (typeof part === 'number' ? `${part + 1}.member` : lowerFirst(String(part)))).join('.');
}

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

function constraintText(issue: Issue): string {
  if (isMissing(issue)) return 'Member must not be null';
  switch (issue.code) {
    case 'too_small':
      return `Member must have ${measured(issue.origin)} greater than or equal to ${issue.minimum}`;
    case 'too_big':
      return `Member must have ${measured(issue.origin)} less than or equal to ${issue.maximum}`;
    case 'invalid_format':
      return `Member must satisfy regular expression pattern: ${issue.message}`;
    case 'invalid_value':
      return `Member must satisfy enum value set: [${issue.values.join(', ')}]`;
    case 'invalid_key':
      return `Map keys must satisfy constraint: [${issue.issues.map(constraintText).join(', ')}]`;
    default:
      return issue.message;
  }
}

function measured(origin: string): string {
  return origin === 'string' || origin === 'array' ? 'length' : 'value';
}
