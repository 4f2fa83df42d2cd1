import { CommanderError } from 'commander';
import { lostConnectionText } from '../../temporal/lost-connection.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { InterruptedError } from './interruption.ts';

/** What a command that failed says, and the code that it exits with. */
export interface Failure {
  code: number;
  message: string;
  /** Each thing to mend, as the error has them. */
  problems?: readonly unknown[];
  /** People know already, from what the command has shown. */
  told?: true;
}

/** The exit code of each error that we throw ourselves, by its name. Their messages are written for people. */
const CODES_OF_ERRORS: Readonly<Record<string, number>> = {
  InvalidInputError: EXIT_CODES.invalid,
  PipelineFileError: EXIT_CODES.invalid,
  RunKeyError: EXIT_CODES.invalid,
  RunNotFoundError: EXIT_CODES.invalid,
  SettingsError: EXIT_CODES.invalid,
  AwsSettingsError: EXIT_CODES.invalid,
  PortTakenError: EXIT_CODES.invalid,
  SimulatorStartError: EXIT_CODES.invalid,
  TokensFileError: EXIT_CODES.invalid,
  TemporalConnectionError: EXIT_CODES.unreachable,
  NoWorkerError: EXIT_CODES.unreachable,
  SearchAttributesError: EXIT_CODES.unreachable,
  ServerNotFoundError: EXIT_CODES.unreachable,
  LocalServerError: EXIT_CODES.unreachable,
  DemoFailedError: EXIT_CODES.failed,
};

const DEBUG_LEVELS: ReadonlySet<string | undefined> = new Set(['debug', 'trace']);

/** What to say of an error that ended the command; nothing when the command did what was asked. */
export function failureOf(error: unknown, environment: NodeJS.ProcessEnv): Failure | undefined {
  if (error instanceof CommanderError) return usageFailure(error);
  if (error instanceof InterruptedError) return { code: error.exitCode, message: error.message, told: true };
  if (!(error instanceof Error)) return { code: EXIT_CODES.failed, message: String(error) };
  const code = CODES_OF_ERRORS[error.name];
  if (code !== undefined) return { code, message: error.message, ...problemsOf(error) };
  const lost = lostConnectionText(error);
  if (lost !== undefined) return { code: EXIT_CODES.unreachable, message: lost };
  return { code: EXIT_CODES.failed, message: unexpectedText(error, environment) };
}

function usageFailure({ code, exitCode, message }: CommanderError): Failure | undefined {
  if (exitCode === 0) return undefined;
  // A command without a subcommand has printed its help, and that says it all.
  if (code === 'commander.help') return { code: EXIT_CODES.invalid, message: 'A subcommand is missing.', told: true };
  return { code: EXIT_CODES.invalid, message: message.replace(/^error: /, '') };
}

function problemsOf(error: Error): Pick<Failure, 'problems'> {
  return 'problems' in error && Array.isArray(error.problems) ? { problems: error.problems } : {};
}

function unexpectedText(error: Error, environment: NodeJS.ProcessEnv): string {
  if (DEBUG_LEVELS.has(environment['NIGHTSCORE_LOG_LEVEL'])) return error.stack ?? error.message;
  return `${error.message}\nSet NIGHTSCORE_LOG_LEVEL=debug to see where this came from.`;
}
