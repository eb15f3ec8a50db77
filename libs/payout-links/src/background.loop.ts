import { Logger } from '@nestjs/common';

/**
 * Repeats a task while there is work: at an interval, at once when woken, never twice at a time. Shutdown waits
 * for it. An error is logged and the next round tries again.
 */
export class BackgroundLoop {
  private readonly logger = new Logger(BackgroundLoop.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private started = false;

  /**
   * @param work does what is due; returns true when there may be more
   * @param idleMs time between two rounds, in milliseconds
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

  /** Runs now; during a round, schedules another one after it. */
  wake(): void {
    if (!this.started) return;
    this.again = true;
    this.running ??= this.run();
  }

  /** Stops after the current round. */
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
