import { failureOf, type Failure } from './cli/process/failure.ts';
import { endWhenOutputIsClosed } from './cli/process/interruption.ts';
import { note, printJson } from './cli/process/output.ts';
import { useNoProxyHere } from './cli/process/proxies.ts';
import { createProgram } from './cli/program.ts';

endWhenOutputIsClosed();
useNoProxyHere(process.env);
try {
  await createProgram().parseAsync();
} catch (error) {
  const failure = failureOf(error, process.env);
  if (failure) tell(failure);
}

/** People read stderr; a program that asked for JSON gets its one document all the same. */
function tell({ code, message, problems, told }: Failure): void {
  process.exitCode = code;
  // Several problems stand below, each at the beginning of its line, where editors and terminals look for the place in a file.
  const heading = problems && problems.length > 1 ? `${problems.length} problems, and nothing was started:\n` : '';
  if (!told) note(`nightscore: ${heading}${message}`);
  if (process.argv.includes('--json')) printJson({ error: { code, message, ...(problems && { problems }) } });
}
