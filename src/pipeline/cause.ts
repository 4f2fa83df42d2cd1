/** Why a job failed, as far as its service's message tells. */
type Cause = 'capacity' | 'internal' | 'expired' | 'permission' | 'input' | 'unknown';

/** Read from the top; the patterns come from messages that services were seen to send. */
const CAUSES: readonly { cause: Cause; message: RegExp }[] = [
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
const WORTH_ANOTHER_ATTEMPT: ReadonlySet<Cause> = new Set(['capacity', 'internal', 'expired']);

function causeOf(message: string | undefined): Cause {
  return CAUSES.find((row) => row.message.test(message ?? ''))?.cause ?? 'unknown';
}

/** Whether a job that failed with this message may be submitted, and paid for, once more. */
export function isWorthAnotherAttempt(message: string | undefined): boolean {
  return WORTH_ANOTHER_ATTEMPT.has(causeOf(message));
}
