/** "… is not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role/score because …" */
const MISSING =
  /not authorized to perform:?\s+(?<action>[a-z0-9-]+:[A-Za-z*]+)(?:\s+on\s+(?:the\s+)?resource:?\s+(?<resource>[^\s"']+))?/i;

/** What has to be granted for a call that AWS denied, for a person, where AWS's message says it. */
export function missingPermission(message: string): string | undefined {
  const { action, resource } = MISSING.exec(message)?.groups ?? {};
  if (action === undefined) return undefined;
  return `Missing permission: ${action}${resource === undefined ? '' : ` on ${resource.replace(/[.,;]$/, '')}`}.`;
}
