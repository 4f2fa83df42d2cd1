const ABSENT = new Set(['ENOENT', 'ENOTDIR']);

/** The result of a file operation, or undefined where there is no such file. */
export async function ifPresent<T>(operation: Promise<T>): Promise<T | undefined> {
  try {
    return await operation;
  } catch (error) {
    if (ABSENT.has(errorCode(error))) return undefined;
    throw error;
  }
}

/** The system's code of a failed file operation, for example `EEXIST`; empty for other errors. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
