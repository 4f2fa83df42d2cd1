/** Credentials that must be found nowhere but where they are given. */
export const CANARY = {
  AWS_ACCESS_KEY_ID: 'AKIACHAOSCANARY00001',
  AWS_SECRET_ACCESS_KEY: 'chaos-canary-secret-7c1d0c5e',
  AWS_SESSION_TOKEN: 'chaos-canary-token-3f9a6b21',
};

/** What must stand in no log, no ledger and no history: credentials, signatures, and the pre-signed links to job logs. */
const SECRETS = [...Object.values(CANARY), 'X-Amz-Signature', 'X-Amz-Credential', '/_simulator/logs/'];

/** The secrets that a text holds. */
export function secretsIn(text: string): string[] {
  return SECRETS.filter((secret) => text.includes(secret));
}

/** All texts in a value, binary ones included, as Temporal's histories hold payloads. */
export function allText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(allText).join('\n');
}
