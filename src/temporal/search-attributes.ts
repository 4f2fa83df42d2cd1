import { setTimeout as delay } from 'node:timers/promises';
import { isGrpcServiceError } from '@temporalio/client';
import type { Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTE_KEYS } from './search-attribute-keys.ts';
import { SEARCH_ATTRIBUTE_TYPES } from './search-attribute-types.ts';

const USABLE_TIMEOUT_MS = 30_000;
const USABLE_POLL_MS = 100;

/** Status codes of gRPC. */
const ALREADY_EXISTS = 6;
const INVALID_ARGUMENT = 3;

type Key = (typeof SEARCH_ATTRIBUTE_KEYS)[keyof typeof SEARCH_ATTRIBUTE_KEYS];
type Services = Pick<Connection, 'operatorService' | 'workflowService'>;

const KEYS: readonly Key[] = Object.values(SEARCH_ATTRIBUTE_KEYS);

/** The namespace lacks search attributes of Nightscore's that we could not register; the message has the commands that do. */
export class SearchAttributesError extends Error {
  override readonly name = 'SearchAttributesError';
  readonly namespace: string;
  readonly missing: readonly string[];

  constructor(namespace: string, missing: readonly Key[], problem: string, cause?: unknown) {
    super(
      `Namespace "${namespace}" needs search attributes that could not be registered: ${problem}\n` +
        `Let somebody who may do it run:\n${createCommands(namespace, missing).join('\n')}`,
      { cause },
    );
    this.namespace = namespace;
    this.missing = missing.map(({ name }) => name);
  }
}

/**
 * Registers those of Nightscore's search attributes that the namespace lacks, and waits until they can be used.
 *
 * @throws SearchAttributesError where that is not permitted, or where an attribute of the name has another type
 */
export async function ensureSearchAttributes(connection: Services, namespace: string): Promise<void> {
  const missing = await missingKeys(connection, namespace);
  if (missing.length > 0) await register(connection, namespace, missing);
  await untilUsable(connection, namespace);
}

async function register({ operatorService }: Services, namespace: string, keys: Key[]): Promise<void> {
  const searchAttributes = Object.fromEntries(keys.map(({ name, type }) => [name, typeOf(type).value]));
  try {
    await operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    // Another worker that starts at the same time may have been quicker.
    if (statusOf(error)?.code !== ALREADY_EXISTS) throw failure(namespace, keys, error);
  }
}

async function missingKeys({ operatorService }: Services, namespace: string): Promise<Key[]> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace }).catch((error: unknown) => {
    throw failure(namespace, KEYS, error);
  });
  const taken = KEYS.find(({ name, type }) => ![undefined, typeOf(type).value].includes(customAttributes[name]));
  if (taken !== undefined) {
    const problem = `${taken.name} is there with another type than ${typeOf(taken.type).cliName}; remove it first: temporal operator search-attribute remove --namespace ${namespace} --name ${taken.name}`;
    throw new SearchAttributesError(namespace, [taken], problem);
  }
  return KEYS.filter(({ name }) => customAttributes[name] === undefined);
}

/** A server that has registered an attribute does not know it everywhere at once. */
async function untilUsable({ workflowService }: Services, namespace: string): Promise<void> {
  const query = KEYS.map(({ name }) => `${name} IS NOT NULL`).join(' OR ');
  for (const deadline = Date.now() + USABLE_TIMEOUT_MS; ; await delay(USABLE_POLL_MS)) {
    try {
      await workflowService.countWorkflowExecutions({ namespace, query });
      return;
    } catch (error) {
      const isUnknownYet = statusOf(error)?.code === INVALID_ARGUMENT;
      if (!isUnknownYet || Date.now() > deadline) throw failure(namespace, KEYS, error);
    }
  }
}

/** One for each: of several names the CLI registers the first and is silent about the others (seen with 1.9.1). */
function createCommands(namespace: string, keys: readonly Key[]): string[] {
  const command = `temporal operator search-attribute create --namespace ${namespace}`;
  return keys.map(({ name, type }) => `${command} --name ${name} --type ${typeOf(type).cliName}`);
}

function failure(namespace: string, keys: readonly Key[], error: unknown): SearchAttributesError {
  const problem = statusOf(error)?.details ?? (error instanceof Error ? error.message : String(error));
  return new SearchAttributesError(namespace, keys, problem, error);
}

function statusOf(error: unknown): { code: number; details: string } | undefined {
  return isGrpcServiceError(error) ? error : undefined;
}

function typeOf(type: Key['type']): { value: number; cliName: string } {
  return SEARCH_ATTRIBUTE_TYPES[type];
}
