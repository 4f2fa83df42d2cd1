import { failureOf, type Failure } from './cli/process/failure.ts';
import { endWhenOutputIsClosed } from './cli/process/interruption.ts';
import { note, printJson } from './cli/process/output.ts';
import { createProgram } from './cli/program.ts';

endWhenOutputIsClosed();
try {
  await createProgram().parseAsync();
} catch (error) {
  const failure = failureOf(error, process.env);
  if (failure) tell(failure);
}

/** People read stderr; a program that asked for JSON gets its one document all the same. */
function tell({ code, message, problems }: Failure): void {
  process.exitCode = code;
  if (message === '') return;
  note(`nightscore: ${message}`);
  if (process.argv.includes('--json')) printJson({ error: { code, message, ...(problems && { problems }) } });
}
