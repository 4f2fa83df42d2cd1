import { setTimeout as delay } from 'node:timers/promises';

/** As long as nobody notices, and long enough for a crowd. */
const GATHERING_MS = 10;

/**
 * Lets callers who ask for the same thing at the same time share one answer, so that a crowd of them costs Temporal one question. A read begins
 * after all who share it have asked: a caller may have changed just before what he asks for.
 */
export class SharedReads<Answer> {
  readonly #read: (key: string) => Promise<Answer>;
  readonly #gathering = new Map<string, Promise<Answer>>();

  constructor(read: (key: string) => Promise<Answer>) {
    this.#read = read;
  }

  get(key: string): Promise<Answer> {
    const shared = this.#gathering.get(key);
    if (shared) return shared;
    const answer = delay(GATHERING_MS).then(() => {
      this.#gathering.delete(key);
      return this.#read(key);
    });
    this.#gathering.set(key, answer);
    return answer;
  }
}
