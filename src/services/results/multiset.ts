import { createHash } from 'node:crypto';

/** Whether two files hold the same records in any order, in constant memory: a sum does not depend on the order. */
export class Multiset {
  #sum = 0n;
  #size = 0;

  add(record: string): void {
    const hash = createHash('sha256').update(record).digest().readBigUInt64BE();
    this.#sum = BigInt.asUintN(64, this.#sum + hash);
    this.#size += 1;
  }

  get size(): number {
    return this.#size;
  }

  equals(other: Multiset): boolean {
    return this.#size === other.#size && this.#sum === other.#sum;
  }
}
