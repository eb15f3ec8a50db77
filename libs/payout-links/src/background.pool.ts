import { Logger } from '@nestjs/common';
import { BackgroundLoop } from './background.loop.js';

/** How a pool takes its items. */
interface PoolOptions<T> {
  /** Time between two polls for items, in milliseconds. */
  idleMs: number;
  /** Items in progress at a time. */
  limit: number;
  /**
   * Milliseconds after which an item in progress leaves its place to another one, until `mostInProgress` are in progress.
   * @default never
   */
  slowAfterMs?: number;
  /** @default `limit` */
  mostInProgress?: number;
  /** Leases up to `limit` due items to this process. */
  take: (limit: number, inProgress: ReadonlySet<T>) => Promise<T[]>;
  work: (item: T) => Promise<void>;
}

/**
 * Processes due items, several at a time, so that a slow one does not delay the others. Polls for items at an
 * interval and at once when woken. Shutdown waits for the items in progress.
 */
export class BackgroundPool<T> {
  private readonly logger = new Logger(BackgroundPool.name);
  private readonly inProgress = new Map<T, Promise<void>>();
  /** Items in progress that hold a place. */
  private readonly quick = new Set<T>();
  private readonly loop: BackgroundLoop;

  constructor(
    private readonly name: string,
    private readonly options: PoolOptions<T>,
  ) {
    this.loop = new BackgroundLoop(name, options.idleMs, () => this.fill());
  }

  start(): void {
    this.loop.start();
  }

  wake(): void {
    this.loop.wake();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
    await Promise.all(this.inProgress.values());
  }

  private async fill(): Promise<boolean> {
    const { limit, mostInProgress = limit, take } = this.options;
    const free = Math.min(limit - this.quick.size, mostInProgress - this.inProgress.size);
    // In batches: a query for each finished item would be expensive.
    if (free < limit / 4) return false;
    for (const item of await take(free, new Set(this.inProgress.keys()))) {
      this.quick.add(item);
      this.inProgress.set(item, this.process(item));
    }
    // The next item that finishes polls again.
    return false;
  }

  private async process(item: T): Promise<void> {
    const { slowAfterMs, work } = this.options;
    const slow = slowAfterMs === undefined ? undefined : setTimeout(() => this.leavePlace(item), slowAfterMs);
    try {
      await work(item);
    } catch (error) {
      this.logger.warn(`${this.name}: ${error instanceof Error ? error.message : 'failed'}; trying again`);
    } finally {
      clearTimeout(slow);
      this.inProgress.delete(item);
      this.leavePlace(item);
    }
  }

  private leavePlace(item: T): void {
    this.quick.delete(item);
    this.loop.wake();
  }
}
