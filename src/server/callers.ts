/** What a caller may do: see runs and pipelines; start runs; interfere with runs that go on. */
export const SCOPES = ['read', 'start', 'operate'] as const;

export type Scope = (typeof SCOPES)[number];

/** Stands in a list of pipelines for all of them, also those to come. */
export const ALL_PIPELINES = '*';

/** Who calls, and what he may do. */
export interface Caller {
  /** As runs and the audit log name him. */
  name: string;
  scopes: readonly Scope[];
  /** Names of pipelines, or {@link ALL_PIPELINES}. */
  pipelines: readonly string[];
}

/** Whoever calls a server that asks for no tokens, which only this machine can reach. */
export const ANYBODY: Caller = { name: 'anybody', scopes: SCOPES, pipelines: [ALL_PIPELINES] };

export function mayTouch({ pipelines }: Caller, pipeline: string): boolean {
  return pipelines.includes(ALL_PIPELINES) || pipelines.includes(pipeline);
}

/** The pipelines that a caller is limited to; undefined when he is not. */
export function limitsOf({ pipelines }: Caller): readonly string[] | undefined {
  return pipelines.includes(ALL_PIPELINES) ? undefined : pipelines;
}
