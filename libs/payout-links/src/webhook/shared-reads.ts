interface Read<T> {
  providerId: string;
  /** Undefined while it waits for earlier ones. */
  sentAt?: number;
  result?: Promise<T>;
}

/** One read in flight per link: a caller that arrives meanwhile shares a read sent after it arrived. */
export class SharedReads<T> {
  /** Unfinished reads per link: the first is in flight, the others wait in order. */
  private readonly queues = new Map<string, Read<T>[]>();

  /** Returns the result of a read that was sent after `since`, by `performance.now()`. */
  share(linkId: string, providerId: string, since: number, send: () => Promise<T>): Promise<T> {
    const queue = this.queues.get(linkId) ?? [];
    const shared = queue.find(
      (read) => read.providerId === providerId && (read.sentAt === undefined || read.sentAt >= since),
    );
    if (shared) return shared.result!;
    const before = queue.at(-1)?.result;
    const read: Read<T> = { providerId };
    this.queues.set(linkId, [...queue, read]);
    read.result = this.sendAfter(before, linkId, read, send);
    return read.result;
  }

  private async sendAfter(
    before: Promise<T> | undefined,
    linkId: string,
    read: Read<T>,
    send: () => Promise<T>,
  ): Promise<T> {
    // The outcome of the previous read is for those who share it.
    await before?.catch(() => undefined);
    read.sentAt = performance.now();
    try {
      return await send();
    } finally {
      const rest = this.queues.get(linkId)!.filter((other) => other !== read);
      if (rest.length > 0) this.queues.set(linkId, rest);
      else this.queues.delete(linkId);
    }
  }
}
