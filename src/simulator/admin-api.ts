import type { IncomingMessage } from 'node:http';
import type { FaultSwitches } from './faults.ts';
import { AwsError } from './aws-error.ts';
import type { JobBooks } from './jobs/job-book.ts';
import type { SimulatedJob } from './jobs/simulated-job.ts';
import type { FullAnswer } from './http-answer.ts';
import type { JobLogs } from './job-logs.ts';
import type { Ledger } from './ledger.ts';
import { readJson } from './request-body.ts';
import { splitUrl } from './request-url.ts';
import type { ResourceFile } from './resource-file.ts';

export interface AdminTools {
  ledger: Ledger;
  books: JobBooks;
  resources: ResourceFile;
  faults: FaultSwitches;
  logs: JobLogs;
}

type Route = (query: URLSearchParams, request: IncomingMessage) => unknown;

/** What stands under this path is the simulator's own; no bucket can have such a name. */
const ADMIN_PATH = '/_simulator/';

export function isAdminPath(path: string): boolean {
  return path.startsWith(ADMIN_PATH);
}

/** The truth about the simulator, as JSON, and its fault switches. */
export class AdminApi {
  readonly #tools: AdminTools;
  readonly #routes: Readonly<Record<string, Route>>;

  constructor(tools: AdminTools) {
    this.#tools = tools;
    const { ledger, books, resources, faults } = tools;
    this.#routes = {
      'GET ledger': (query) =>
        ledger.entries({
          service: query.get('service') ?? undefined,
          operation: query.get('operation') ?? undefined,
          job: query.get('job') ?? undefined,
        }),
      'GET jobs': () => books.all().map(describeJob),
      'GET resources': () => {
        resources.refresh();
        const { problem, document } = resources.content;
        return problem === undefined ? document : { ...document, problem };
      },
      'GET faults': () => faults.all,
      'POST faults': async (_query, request) => {
        faults.add(await readJson(request));
        return faults.all;
      },
      'DELETE faults': () => {
        faults.clear();
        return faults.all;
      },
    };
  }

  async answer(request: IncomingMessage): Promise<FullAnswer> {
    const { path, query } = splitUrl(request);
    const name = path.slice(ADMIN_PATH.length);
    if (name.startsWith('logs/')) return this.#log(path, query);
    const route = this.#routes[`${request.method} ${name}`];
    if (route === undefined) {
      const known = Object.keys(this.#routes).map((one) => one.replace(' ', ` ${ADMIN_PATH}`));
      return json(404, { message: `There is no ${request.method} ${path}.`, known });
    }
    try {
      return json(200, await route(query, request));
    } catch (error) {
      if (error instanceof AwsError) return json(400, { error: error.code, message: error.message });
      throw error;
    }
  }

  #log(path: string, query: URLSearchParams): FullAnswer {
    const text = this.#tools.logs.read(path, query, this.#tools.books.all());
    return text === undefined
      ? { status: 403, contentType: 'text/plain', body: 'The link to the log is not valid, or has expired.\n' }
      : { status: 200, contentType: 'text/plain', body: text };
  }
}

function json(status: number, value: unknown): FullAnswer {
  return { status, contentType: 'application/json', body: `${JSON.stringify(value, undefined, 2)}\n` };
}

/** A job as it truly is, whatever its service says of it. */
function describeJob(job: SimulatedJob) {
  const { service, kind, region, id, state, fate, message, records, request, results = [] } = job;
  return {
    service,
    kind,
    region,
    id,
    state,
    ...(fate === undefined ? {} : { fate: fate.kind }),
    ...(message === undefined ? {} : { message }),
    createdAt: isoTime(job.createdAt),
    ...(job.startedAt === undefined ? {} : { startedAt: isoTime(job.startedAt) }),
    ...(job.endedAt === undefined ? {} : { endedAt: isoTime(job.endedAt) }),
    ...(records === undefined ? {} : { records }),
    request,
    /** Objects that exist once the job has succeeded. */
    output: results.map(({ bucket, key }) => `s3://${bucket}/${key}`),
  };
}

const isoTime = (moment: number): string => new Date(moment).toISOString();
