import { Logger } from '@nestjs/common';
import { BackgroundLoop } from './background.loop.js';

/**
 * Works on things that are due, a number of them at a time: one that takes long holds up none of the others. Looks now
 * and then, and at once when woken; is waited for at shutdown.
 */
export class BackgroundPool<T> {
  private readonly logger = new Logger('PayoutLinks');
  private readonly inHand = new Set<Promise<void>>();
  private readonly loop: BackgroundLoop;

  /**
   * @param idleMs time between two looks, in milliseconds
   * @param limit things in hand at a time
   * @param take gives what is due, at most so many, to this process alone
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
    // A few at a time: asking for each one that is done would cost a query each.
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
    // Whatever is done next looks again.
    return false;
  }
}
