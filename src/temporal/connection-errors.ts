import type { SourcedSetting } from './connection-settings.ts';

/** Temporal cannot be used. All kinds have this name; the message says what happened, to what, and what to do. */
export class TemporalConnectionError extends Error {
  override readonly name = 'TemporalConnectionError';
  readonly address: string;
  readonly namespace: string;

  constructor(message: string, address: SourcedSetting, namespace: SourcedSetting, cause?: unknown) {
    super(message, { cause });
    this.address = address.value;
    this.namespace = namespace.value;
  }
}

/** Nobody answers at the address, or what answers is not Temporal. */
export class TemporalUnreachableError extends TemporalConnectionError {
  constructor(problem: string, address: SourcedSetting, namespace: SourcedSetting, cause?: unknown) {
    const message =
      `Cannot reach Temporal at ${address.value} (from ${address.source}): ${problem}. ` +
      'Start a local one with `nightscore dev`, or set TEMPORAL_ADDRESS or TEMPORAL_PROFILE to one that runs.';
    super(message, address, namespace, cause);
  }
}

export class TemporalNamespaceNotFoundError extends TemporalConnectionError {
  constructor(address: SourcedSetting, namespace: SourcedSetting, cause?: unknown) {
    const message =
      `Temporal at ${address.value} has no namespace "${namespace.value}" (from ${namespace.source}). ` +
      `Set TEMPORAL_NAMESPACE to one that it has, or make it: temporal operator namespace create --address ${address.value} --namespace ${namespace.value}`;
    super(message, address, namespace, cause);
  }
}

export class TemporalPermissionError extends TemporalConnectionError {
  constructor(problem: string, address: SourcedSetting, namespace: SourcedSetting, cause?: unknown) {
    const message =
      `Temporal at ${address.value} (from ${address.source}) refuses us in namespace "${namespace.value}" (from ${namespace.source}): ${problem}. ` +
      'Check TEMPORAL_API_KEY, the TEMPORAL_TLS_… variables or the profile, and that they are meant for this namespace.';
    super(message, address, namespace, cause);
  }
}
