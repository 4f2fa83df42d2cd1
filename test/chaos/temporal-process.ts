import { startLocalServer, type LocalServer } from '../../src/temporal/local-server.ts';
import { tryPort } from '../../src/temporal/free-port.ts';

/** A real Temporal server on a data file, which can be killed and comes back with the same data at the same address. */
export class TemporalProcess {
  readonly #dataFile: string;
  readonly #port: number;
  #server: LocalServer | undefined;

  private constructor(dataFile: string, port: number) {
    this.#dataFile = dataFile;
    this.#port = port;
  }

  static async start(dataFile: string): Promise<TemporalProcess> {
    const temporal = new TemporalProcess(dataFile, await tryPort('127.0.0.1'));
    await temporal.#start();
    return temporal;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Kills it by force, and starts it again. */
  async killAndRestart(): Promise<void> {
    if (this.#server) process.kill(this.#server.pid, 'SIGKILL');
    await this.#server?.ended;
    await this.#start();
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  async #start(): Promise<void> {
    this.#server = await startLocalServer({ dataFile: this.#dataFile, port: this.#port, uiPort: 'none' });
  }
}
