export const CAUSES = ['capacity', 'internal', 'expired', 'permission', 'input', 'unknown'] as const;

/** Why a job failed, as far as its service's message tells. */
export type Cause = (typeof CAUSES)[number];

/** Read from the top; the patterns come from messages that services were seen to send. */
const MESSAGES: readonly { cause: Cause; message: RegExp }[] = [
  { cause: 'capacity', message: /CapacityError|insufficient capacity/i },
  { cause: 'internal', message: /InternalServerError|internal (server )?error/i },
  {
    cause: 'permission',
    message: /access ?denied|not authorized|privileges|could not assume|\bKMS\b|decrypt|token|credential/i,
  },
  { cause: 'expired', message: /\bexpired\b/i },
  { cause: 'input', message: /Invalid S3 (input|output) path|schema|column|attribute|ClientError|AlgorithmError/i },
];

/** Causes on the service's side: the same job may well succeed when it is submitted anew. */
export const SERVICE_SIDE_CAUSES: readonly Cause[] = ['capacity', 'internal', 'expired'];

export function causeOf(message: string | undefined): Cause {
  return MESSAGES.find((row) => row.message.test(message ?? ''))?.cause ?? 'unknown';
}
