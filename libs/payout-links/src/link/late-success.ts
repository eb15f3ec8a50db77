import { Inject, Injectable, Logger } from '@nestjs/common';
import { BackgroundLoop } from '../background.loop.js';
import { PayoutLinkNotVoidableError, PayoutLinksError } from '../payout-links.errors.js';
import { RESOLVED_OPTIONS, type ResolvedPayoutLinksOptions } from '../payout-links.options.js';
import { isOpen } from '../rules/payout-link.status.js';
import { withLogFields } from '../telemetry/log-fields.js';
import type { PayoutLink } from './payout-link.entity.js';
import { PayoutLinkRecorder } from './payout-link.recorder.js';
import { PayoutLinkRepository } from './payout-link.repository.js';
import { PayoutLinkVoider } from './payout-link.voider.js';

const IDLE_MS = 60_000;

/**
 * A replaced link that was paid after all: voids the later link of its chain while no one has claimed it, so that the
 * recipient is not paid twice. Several instances may run it: a second void finds the link voided.
 */
@Injectable()
export class LateSuccess {
  private readonly logger = new Logger('PayoutLinks');
  /** Links whose void the provider refused. */
  private readonly refused = new Set<string>();
  private readonly loop = new BackgroundLoop('voids after a late success', IDLE_MS, () =>
    this.voidUnneeded(),
  );

  constructor(
    private readonly repository: PayoutLinkRepository,
    private readonly voider: PayoutLinkVoider,
    recorder: PayoutLinkRecorder,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedPayoutLinksOptions,
  ) {
    recorder.onMove(({ link, from }) => {
      const lateSuccess = link.status === 'SUCCEEDED' && from !== undefined && !isOpen(from);
      if (lateSuccess || (link.status === 'PENDING' && link.reissueOf !== null)) this.loop.wake();
    });
  }

  start(): void {
    if (this.options.recovery) this.loop.start();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
  }

  private async voidUnneeded(): Promise<boolean> {
    const unneeded = await this.repository.findPaidByAnother([...this.options.accounts.keys()]);
    for (const link of unneeded) {
      if (this.refused.has(link.id)) continue;
      const { id: linkId, account, externalId } = link;
      await withLogFields({ linkId, account, externalId }, () => this.voidOne(link));
    }
    return false;
  }

  private async voidOne(link: PayoutLink): Promise<void> {
    const about = `payout link ${link.externalId}, whose payment an earlier link has made,`;
    try {
      await this.voider.void(link);
      this.logger.warn(`${about} was voided`);
    } catch (error) {
      if (!(error instanceof PayoutLinksError)) throw error;
      // The provider has said no and was read: nothing else is tried.
      if (error instanceof PayoutLinkNotVoidableError) this.refused.add(link.id);
      this.logger.warn(`${about} was not voided: ${error.message}`);
    }
  }
}
