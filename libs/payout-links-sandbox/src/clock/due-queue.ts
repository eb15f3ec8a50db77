/** A job with its due time, in epoch milliseconds of the sandbox's clock. */
export interface Due<Job> {
  at: number;
  job: Job;
}

/** Jobs in the order of their due times; jobs of the same time keep the order in which they were added. */
export class DueQueue<Job> {
  #things: Due<Job>[] = [];

  add(thing: Due<Job>): void {
    let low = 0;
    let high = this.#things.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#things[middle] as Due<Job>).at <= thing.at) low = middle + 1;
      else high = middle;
    }
    this.#things.splice(low, 0, thing);
  }

  peek(): Due<Job> | undefined {
    return this.#things[0];
  }

  take(): Due<Job> | undefined {
    return this.#things.shift();
  }

  all(): readonly Due<Job>[] {
    return this.#things;
  }

  clear(): void {
    this.#things = [];
  }
}
