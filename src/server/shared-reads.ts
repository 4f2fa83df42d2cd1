/** Lets callers who ask for the same thing at the same time share one answer, so that a thousand of them cost Temporal one question. */
export class SharedReads<Answer> {
  readonly #read: (key: string) => Promise<Answer>;
  readonly #underWay = new Map<string, Promise<Answer>>();

  constructor(read: (key: string) => Promise<Answer>) {
    this.#read = read;
  }

  get(key: string): Promise<Answer> {
    const shared = this.#underWay.get(key);
    if (shared) return shared;
    const answer = this.#read(key).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, answer);
    return answer;
  }
}
