import { ExitCode } from 'app-runtime';

/**
 * When `serve` runs: on its schedule, and every quarter of an hour while a slot is open for late reads, or after a run
 * that failed. One run at a time: one that takes longer than an interval is not joined by another.
 */
export class DueRuns {
  private failed = false;
  private running = false;

  /**
   * @param run runs what is due; returns the exit code
   * @param hasOpenSlot whether a slot waits for late reads
   */
  constructor(
    private readonly run: () => Promise<number>,
    private readonly hasOpenSlot: () => Promise<boolean>,
  ) {}

  async onSchedule(): Promise<void> {
    if (this.running) return;
    this.running = true;
    this.failed = true;
    try {
      this.failed = (await this.run()) === ExitCode.COULD_NOT_RUN;
    } finally {
      this.running = false;
    }
  }

  async onQuarter(): Promise<void> {
    if (this.running) return;
    if (this.failed || (await this.hasOpenSlot())) await this.onSchedule();
  }
}
