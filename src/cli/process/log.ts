import { pino, type Logger } from 'pino';
import pretty from 'pino-pretty';

/** A log on stderr: a line of JSON for each entry, or text for people if stderr is a terminal. */
export function createLog(level: string): Logger {
  const { stderr } = process;
  const destination = stderr.isTTY
    ? pretty({
        destination: stderr.fd,
        sync: true,
        colorize: stderr.hasColors(),
        ignore: 'pid,hostname',
        translateTime: 'SYS:HH:MM:ss',
      })
    : pino.destination({ dest: stderr.fd, sync: true });
  return pino({ level }, destination);
}
