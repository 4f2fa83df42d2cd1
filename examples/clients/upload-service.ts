/**
 * A service of your own that scores what is uploaded: `POST /uploads/2026-11-23` starts the night of that day, and `GET` says how it stands. An
 * upload that is announced twice, as queues and webhooks do, starts one run.
 *
 *   npx tsx examples/clients/upload-service.ts
 */
import { createServer } from 'node:http';
import { Client, Connection } from '@temporalio/client';
import { InvalidInputError, NightscoreClient, RunNotFoundError } from 'nightscore';

const connection = await Connection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '127.0.0.1:7233' });
const nightscore = new NightscoreClient({ client: new Client({ connection }) });

const server = createServer((request, response) => {
  const [, day = ''] = /^\/uploads\/(\d{4}-\d{2}-\d{2})$/.exec(request.url ?? '') ?? [];
  const answer = request.method === 'POST' ? start(day) : look(day);
  answer.then(
    (body) => response.end(`${JSON.stringify(body)}\n`),
    (error: unknown) => {
      const isTheirs = error instanceof InvalidInputError || error instanceof RunNotFoundError;
      response.writeHead(isTheirs ? 400 : 500).end(isTheirs ? `${error.message}\n` : 'Something went wrong\n');
    },
  );
});

async function start(day: string): Promise<object> {
  if (!isDay(day)) throw new InvalidInputError(['Say for which day: POST /uploads/2026-11-23']);
  return nightscore.start({ pipeline: 'card-payments', key: day, trigger: 'upload service' });
}

/** The worker would find it out as well, but only when the run has begun: here nothing is started for a day that does not exist. */
function isDay(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

async function look(day: string): Promise<object> {
  const { outcome = 'running', steps } = await nightscore.get(`card-payments/${day}`);
  const records = Object.values(steps).map(({ job }) => job?.records?.processed);
  return { outcome, records: records.find((count) => count !== undefined) };
}

server.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => console.log('Ready for uploads'));
process.once('SIGTERM', () => server.close(() => void connection.close()));
