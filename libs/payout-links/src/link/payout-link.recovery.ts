import { Inject, Injectable } from '@nestjs/common';
import { BackgroundLoop } from '../background.loop.js';
import { RESOLVED_OPTIONS, type ResolvedPayoutLinksOptions } from '../payout-links.options.js';
import { PayoutLinkCreator } from './payout-link.creator.js';

const BATCH = 10;
const IDLE_MS = 15_000;

/** Finds creates that a crash interrupted and settles them. Several instances may run it. */
@Injectable()
export class PayoutLinkRecovery {
  private readonly loop = new BackgroundLoop('recovery of creates', IDLE_MS, () => this.recover());

  constructor(
    private readonly creator: PayoutLinkCreator,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedPayoutLinksOptions,
  ) {}

  start(): void {
    if (this.options.recovery) this.loop.start();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
  }

  private async recover(): Promise<boolean> {
    return (await this.creator.recover(BATCH)) > 0;
  }
}
