import { Logger } from '@nestjs/common';

/**
 * Work that is done whenever there is some: looks now and then, at once when woken, never twice at a time, and is
 * waited for at shutdown. An error is logged and the next look tries again.
 */
export class BackgroundLoop {
  private readonly logger = new Logger('PayoutLinks');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private started = false;

  /**
   * @param work does what is due; true when there may be more
   * @param idleMs time between two looks, in milliseconds
   */
  constructor(
    private readonly name: string,
    private readonly idleMs: number,
    private readonly work: () => Promise<boolean>,
  ) {}

  start(): void {
    this.started = true;
    this.wake();
  }

  /** Looks now; while a look is under way, another follows it. */
  wake(): void {
    if (!this.started) return;
    this.again = true;
    this.running ??= this.run();
  }

  /** Ends after the look under way. */
  async stop(): Promise<void> {
    this.started = false;
    clearTimeout(this.timer);
    await this.running;
  }

  private async run(): Promise<void> {
    clearTimeout(this.timer);
    while (this.started && this.again) {
      this.again = false;
      try {
        this.again = (await this.work()) || this.again;
      } catch (error) {
        this.logger.warn(`${this.name}: ${error instanceof Error ? error.message : 'failed'}; trying again`);
      }
    }
    this.running = undefined;
    if (!this.started) return;
    this.timer = setTimeout(() => this.wake(), this.idleMs);
    this.timer.unref();
  }
}
