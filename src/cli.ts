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
  if (!told) note(`nightscore: ${message}`);
  if (process.argv.includes('--json')) printJson({ error: { code, message, ...(problems && { problems }) } });
}
