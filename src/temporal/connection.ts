import { Connection, isGrpcServiceError, type ConnectionOptions } from '@temporalio/client';
import {
  TemporalNamespaceNotFoundError,
  TemporalPermissionError,
  TemporalUnreachableError,
} from './connection-errors.ts';
import type { TemporalConnectionError } from './connection-errors.ts';
import { hostAndPort } from './connection-settings.ts';
import type { TemporalSettings } from './connection-settings.ts';
import { probe } from './tcp-probe.ts';

const CONNECT_TIMEOUT_MS = 5000;

/**
 * The largest answer that we take, in bytes: a page of runs with their reports. The SDK means the same number, but gives gRPC its option under a name
 * that gRPC does not know, so that gRPC's 4 MB would count.
 */
const MAX_ANSWER_BYTES = 128 * 1024 * 1024;

/** Status codes of gRPC that say who is to blame. */
const NOT_FOUND = 5;
const REFUSALS: ReadonlySet<unknown> = new Set([7 /* PERMISSION_DENIED */, 16 /* UNAUTHENTICATED */]);

/** What the system's code of a failed connection means. */
const PROBE_PROBLEMS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name cannot be looked up now',
  ETIMEDOUT: 'it does not answer',
};

/** Through a proxy the address need not be reachable, or even known, from here. Variables that gRPC reads. */
const PROXY_VARIABLES = ['grpc_proxy', 'https_proxy', 'http_proxy'];

/**
 * Connects to Temporal and makes sure that it knows the namespace and lets us in. Gives up after some seconds.
 *
 * @throws TemporalConnectionError, by its kind, or SettingsError
 */
export async function connectClient(
  settings: TemporalSettings,
  more: Pick<ConnectionOptions, 'interceptors'> = {},
): Promise<Connection> {
  const { host, port } = hostAndPort(settings.address);
  const viaProxy = PROXY_VARIABLES.some((name) => process.env[name]);
  const problem = viaProxy ? undefined : await probe(host, port, CONNECT_TIMEOUT_MS);
  if (problem !== undefined) throw unreachable(settings, PROBE_PROBLEMS[problem] ?? problem);
  const connection = await open(settings, more);
  try {
    const namespace = settings.namespace.value;
    await connection.withDeadline(Date.now() + CONNECT_TIMEOUT_MS, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    return connection;
  } catch (error) {
    await connection.close();
    throw toConnectionError(settings, error);
  }
}

async function open(settings: TemporalSettings, more: Pick<ConnectionOptions, 'interceptors'>): Promise<Connection> {
  try {
    return await Connection.connect({
      ...settings.options,
      address: settings.address.value,
      connectTimeout: CONNECT_TIMEOUT_MS,
      channelArgs: { 'grpc.max_receive_message_length': MAX_ANSWER_BYTES },
      ...more,
    });
  } catch (error) {
    throw toConnectionError(settings, error);
  }
}

function toConnectionError(settings: TemporalSettings, error: unknown): TemporalConnectionError {
  const { address, namespace } = settings;
  const status = grpcStatusOf(error);
  if (status?.code === NOT_FOUND) return new TemporalNamespaceNotFoundError(address, namespace, error);
  if (REFUSALS.has(status?.code)) {
    return new TemporalPermissionError(status?.details ?? 'without a reason', address, namespace, error);
  }
  return unreachable(settings, status?.details ?? 'what listens there does not answer as Temporal does', error);
}

function unreachable({ address, namespace }: TemporalSettings, problem: string, cause?: unknown) {
  return new TemporalUnreachableError(problem, address, namespace, cause);
}

function grpcStatusOf(error: unknown): { code: number; details: string } | undefined {
  if (isGrpcServiceError(error)) return error;
  return error instanceof Error && error.cause !== undefined ? grpcStatusOf(error.cause) : undefined;
}
