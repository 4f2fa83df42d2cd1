import { pino, type Logger } from 'pino';
import pretty, { type PrettyOptions } from 'pino-pretty';

/** What Temporal's SDK adds to each entry of a workflow, beside the run and the step that Nightscore's own entries name. */
const FIELDS_OF_SDK = [
  'component',
  'sdkComponent',
  'taskQueue',
  'namespace',
  'workflowId',
  'runId',
  'workflowType',
] as const;

/** An entry on one line, with what a person wants to know. */
const FOR_PEOPLE: PrettyOptions = {
  ignore: ['pid', 'hostname', ...FIELDS_OF_SDK].join(','),
  singleLine: true,
  translateTime: 'SYS:HH:MM:ss',
};

/** A log on stderr: a line of JSON for each entry, or text for people if stderr is a terminal. */
export function createLog(level: string): Logger {
  const { stderr } = process;
  const destination = stderr.isTTY
    ? pretty({ ...FOR_PEOPLE, destination: stderr.fd, sync: true, colorize: stderr.hasColors() })
    : pino.destination({ dest: stderr.fd, sync: true });
  return pino({ level }, destination);
}

/** Entries of a log, which are lines of JSON, as text for people. */
export function logTextForPeople(lines: readonly string[]): string {
  const forPeople = pretty.prettyFactory({ ...FOR_PEOPLE, colorize: false });
  return lines.map(forPeople).join('').trimEnd();
}
