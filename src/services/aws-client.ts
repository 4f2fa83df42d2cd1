import { defaultProvider } from '@aws-sdk/credential-provider-node';

/** How long AWS may take to accept a connection, to answer, and to go on with an answer, in milliseconds. */
const CONNECTION_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * The settings that every AWS client is made with. Credentials and endpoints come from the SDK's default chain
 * (environment, profile files, container and instance roles; `AWS_ENDPOINT_URL`). The SDK never retries by itself:
 * its retries would hide calls from the ledger and the watcher, and a create repeated without a look could be a second job.
 */
export function awsClientSettings(region?: string, requestTimeoutMs = REQUEST_TIMEOUT_MS) {
  return {
    ...(region !== undefined && { region }),
    // The SDK keeps what it once read of credential files for the life of the process; a new client must see what stands there now.
    credentials: defaultProvider({ ignoreCache: true }),
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: requestTimeoutMs,
      socketTimeout: requestTimeoutMs,
      // Without it, the newer clients only print a warning, and wait for ever.
      throwOnRequestTimeout: true,
    },
  };
}
