import { Logger } from '@nestjs/common';
import { BackgroundLoop } from './background.loop.js';

/**
 * Processes due items, several at a time, so that a slow one does not delay the others. Polls for items at an
 * interval and at once when woken. Shutdown waits for the items in progress.
 */
export class BackgroundPool<T> {
  private readonly logger = new Logger(BackgroundPool.name);
  private readonly inHand = new Set<Promise<void>>();
  private readonly loop: BackgroundLoop;

  /**
   * @param idleMs time between two polls for items, in milliseconds
   * @param limit items in progress at a time
   * @param take leases up to that many due items to this process
   */
  constructor(
    private readonly name: string,
    idleMs: number,
    private readonly limit: number,
    private readonly take: (limit: number) => Promise<T[]>,
    private readonly work: (thing: T) => Promise<void>,
  ) {
    this.loop = new BackgroundLoop(name, idleMs, () => this.fill());
  }

  start(): void {
    this.loop.start();
  }

  wake(): void {
    this.loop.wake();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
    await Promise.all(this.inHand);
  }

  private async fill(): Promise<boolean> {
    const free = this.limit - this.inHand.size;
    // In batches: a query for each finished item would be expensive.
    if (free < this.limit / 4) return false;
    for (const thing of await this.take(free)) {
      const done: Promise<void> = this.work(thing)
        .catch((error: unknown) => {
          this.logger.warn(
            `${this.name}: ${error instanceof Error ? error.message : 'failed'}; trying again`,
          );
        })
        .finally(() => {
          this.inHand.delete(done);
          this.loop.wake();
        });
      this.inHand.add(done);
    }
    // The next item that finishes polls again.
    return false;
  }
}
