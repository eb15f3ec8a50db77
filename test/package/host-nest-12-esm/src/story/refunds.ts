import { Injectable } from '@nestjs/common';
import { OnPayoutLink, PayoutLinksService, type PayoutLink, type PayoutLinkEvent } from 'nestjs-payout-links';

/** Pays refunds and handles their results. */
@Injectable()
export class Refunds {
  private settle!: (event: PayoutLinkEvent) => void;
  /** The first refund with a final status. */
  readonly settled = new Promise<PayoutLinkEvent>((resolve) => (this.settle = resolve));

  constructor(private readonly payoutLinks: PayoutLinksService) {}

  async refund(orderId: string, amount: bigint): Promise<PayoutLink> {
    return this.payoutLinks.create({ externalId: `refund-${orderId}`, amount, email: 'siti@example.com' });
  }

  @OnPayoutLink('succeeded', 'failed')
  whenSettled(event: PayoutLinkEvent): void {
    this.settle(event);
  }
}
