/** Writes a line or more to stdout: what the user asked for. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Writes the one JSON document of a command with `--json`. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** Writes a line or more to stderr: progress, notices and errors, which must not mix with what was asked for. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
