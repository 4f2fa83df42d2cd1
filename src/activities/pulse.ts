import { Context } from '@temporalio/activity';

/** Temporal drops what it need not send, so this is only often enough. */
const BEATS_PER_TIMEOUT = 4;
const LONGEST_PAUSE_MS = 5_000;

/** The heartbeats of one activity: the latest that it has to tell, again and again until it is stopped. */
export class Pulse<Details> {
  readonly #beat: () => void;
  readonly #timer: NodeJS.Timeout;
  #details: Details;

  constructor(details: Details) {
    // Whoever tells something may run in the context of another activity, so the heartbeat is bound to this one.
    const activity = Context.current();
    this.#details = details;
    // 0 stands for none.
    const timeoutMs = activity.info.heartbeatTimeoutMs || 60_000;
    this.#beat = () => activity.heartbeat(this.#details);
    this.#timer = setInterval(this.#beat, Math.min(LONGEST_PAUSE_MS, timeoutMs / BEATS_PER_TIMEOUT));
    this.#beat();
  }

  get details(): Details {
    return this.#details;
  }

  tell(details: Details): void {
    this.#details = details;
    this.#beat();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
