import { pino, type Logger } from 'pino';
import pretty, { type PrettyOptions } from 'pino-pretty';

/** What entries have that a person need not read: of pino, and of Temporal's SDK beside the run and the step that our entries name. */
const HIDDEN_FIELDS: ReadonlySet<string> = new Set([
  'level',
  'time',
  'pid',
  'hostname',
  'msg',
  'err',
  'component',
  'sdkComponent',
  'taskQueue',
  'namespace',
  'workflowId',
  'runId',
  'workflowType',
]);

/** An entry on one line, with an error below it if it has one. */
const FOR_PEOPLE: PrettyOptions = {
  translateTime: 'SYS:HH:MM:ss',
  hideObject: true,
  ignore: 'pid,hostname',
  messageFormat: (entry, message) => [entry[message], ...fieldTexts(entry)].join('  ') + errorText(entry['err']),
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

function fieldTexts(entry: Record<string, unknown>): string[] {
  return Object.entries(entry).flatMap(([name, value]) => {
    if (HIDDEN_FIELDS.has(name)) return [];
    return [`${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`];
  });
}

function errorText(error: unknown): string {
  const { stack } = (error ?? {}) as { stack?: string };
  return stack === undefined ? '' : `\n${stack}`;
}
