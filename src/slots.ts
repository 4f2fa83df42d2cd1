/** Lets a limited number of users in at a time, the others in the order in which they came. */
export class Slots {
  readonly #limit: () => number;
  readonly #waiting = new Set<() => void>();
  #used = 0;

  /** @param limit is asked whenever a slot may be given */
  constructor(limit: () => number) {
    this.#limit = limit;
  }

  /**
   * Runs something in a slot, as soon as one is free.
   *
   * @throws the signal's reason when it aborts before a slot is free
   */
  async use<Result>(signal: AbortSignal, run: () => Promise<Result>): Promise<Result> {
    signal.throwIfAborted();
    await this.#turn(signal);
    try {
      return await run();
    } finally {
      this.#used -= 1;
      this.#letIn();
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        signal.removeEventListener('abort', giveUp);
        this.#used += 1;
        resolve();
      };
      const giveUp = (): void => {
        this.#waiting.delete(enter);
        reject(signal.reason);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiting.add(enter);
      this.#letIn();
    });
  }

  #letIn(): void {
    for (const enter of this.#waiting) {
      if (this.#used >= this.#limit()) return;
      this.#waiting.delete(enter);
      enter();
    }
  }
}
