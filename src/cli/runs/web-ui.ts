import { isLoopbackHost } from '../../loopback.ts';
import { hostAndPort, type TemporalSettings } from '../../temporal/connection-settings.ts';

const CLOUD_HOSTS = /\.(?:tmprl\.cloud|api\.temporal\.io)$/;
const CLOUD_UI = 'https://cloud.temporal.io';
/** `temporal server start-dev` has its web UI on the port of the server and this. */
const LOCAL_UI_PORT_OFFSET = 1000;
const PROBE_TIMEOUT_MS = 500;

/** Address of Temporal's web UI: known for Temporal Cloud, and for a server on this machine whose UI answers. */
export async function webUiOf({ address }: TemporalSettings): Promise<string | undefined> {
  const { host, port } = hostAndPort(address);
  if (CLOUD_HOSTS.test(host)) return CLOUD_UI;
  if (!isLoopbackHost(host)) return undefined;
  const ui = `http://127.0.0.1:${port + LOCAL_UI_PORT_OFFSET}`;
  return (await answers(ui)) ? ui : undefined;
}

/** The page of a run in a web UI. */
export function runPage(ui: string, namespace: string, run: string): string {
  return `${ui}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(run)}`;
}

/** Whether Temporal's web UI, and no other program, answers there. */
async function answers(ui: string): Promise<boolean> {
  try {
    const response = await fetch(`${ui}/api/v1/settings`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    return response.ok && JSON.stringify(await response.json()).includes('Version');
  } catch {
    return false;
  }
}
