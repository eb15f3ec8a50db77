import { Inject, Injectable, Logger } from '@nestjs/common';
import { BackgroundLoop } from '../background.loop.js';
import { BackgroundPool } from '../background.pool.js';
import { underLease } from '../lease.js';
import type { PayoutLink } from '../link/payout-link.entity.js';
import { PayoutLinkRecorder } from '../link/payout-link.recorder.js';
import { PayoutLinkReissuer } from '../link/payout-link.reissuer.js';
import { PayoutLinkRepository } from '../link/payout-link.repository.js';
import {
  AuthenticationError,
  PayoutLinksError,
  PermissionError,
  ProviderUnavailableError,
  RateLimitedError,
  UnexpectedResponseError,
} from '../payout-links.errors.js';
import { RESOLVED_OPTIONS, type ResolvedPayoutLinksOptions } from '../payout-links.options.js';
import { withLogFields } from '../telemetry/log-fields.js';
import type { PayoutLinkReissuePlan } from './reissue-plan.entity.js';
import { ReissuePlanRepository } from './reissue-plan.repository.js';

const PLAN_EVERY_MS = 10_000;
const IDLE_MS = 1_000;
const AT_A_TIME = 4;
/** Until a plan that has to wait is tried again, in seconds. */
const WAIT_SECONDS = 60;

/**
 * Sends failures again without a person (`autoReissue`, off by default): stores a plan for each new failure that may
 * be, and carries it out when it is due. Several processes may run it; one of them carries a plan out. Every guard of
 * `reissue` applies, and the provider is always read first.
 */
@Injectable()
export class AutomaticReissue {
  private readonly logger = new Logger('PayoutLinks');
  private readonly planning = new BackgroundLoop('plans of reissues', PLAN_EVERY_MS, () => this.plan());
  private readonly carryingOut = new BackgroundPool<PayoutLinkReissuePlan>('planned reissues', {
    idleMs: IDLE_MS,
    limit: AT_A_TIME,
    take: (limit) => this.plans.take(this.accounts, limit),
    work: (plan) => this.workOn(plan),
  });

  constructor(
    private readonly plans: ReissuePlanRepository,
    private readonly repository: PayoutLinkRepository,
    private readonly reissuer: PayoutLinkReissuer,
    recorder: PayoutLinkRecorder,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedPayoutLinksOptions,
  ) {
    recorder.onMove(({ link }) => {
      if (link.status === 'FAILED' || link.status === 'EXPIRED') this.planning.wake();
    });
  }

  start(): void {
    if (!this.options.autoReissue) return;
    this.planning.start();
    this.carryingOut.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.planning.stop(), this.carryingOut.stop()]);
  }

  private get accounts(): string[] {
    return [...this.options.accounts.keys()];
  }

  private async plan(): Promise<boolean> {
    for (const account of this.accounts) {
      const planned = await this.plans.plan(account, this.options.autoReissue!);
      if (planned > 0) this.logger.log(`${account}: ${planned} failures will be sent again automatically`);
    }
    this.carryingOut.wake();
    return false;
  }

  private async workOn(plan: PayoutLinkReissuePlan): Promise<void> {
    const link = await this.repository.findById(plan.payoutLinkId);
    if (!link) throw new Error(`payout link ${plan.payoutLinkId} has vanished`);
    const { id: linkId, account, externalId } = link;
    await underLease(
      () => this.plans.renew(plan),
      () => withLogFields({ linkId, account, externalId }, () => this.carryOut(plan, link)),
    );
  }

  private async carryOut(plan: PayoutLinkReissuePlan, link: PayoutLink): Promise<void> {
    const about = `payout link ${link.externalId}`;
    if (link.version !== plan.seq) {
      await this.plans.end(plan, 'REFUSED', `it has changed since: it is ${link.status}`);
      return;
    }
    if (await this.plans.hasUnprocessedDelivery(link)) return this.waitForDelivery(plan);
    let result: 'stored' | 'waits' | undefined;
    try {
      const next = await this.reissuer.reissue(link, {
        reason: `automatic: ${plan.failureCode}, attempt ${plan.attempt} of ${plan.maxAttempts}`,
        force: false,
        readFirst: true,
        under: async (statements, store) => {
          if (!(await this.plans.lock(plan, statements))) return null;
          if (await this.plans.hasUnprocessedDelivery(link, statements)) {
            result = 'waits';
            return null;
          }
          const stored = await store();
          if (!stored) return null;
          await this.plans.end(plan, 'SENT', null, statements);
          result = 'stored';
          return stored;
        },
      });
      this.logger.log(`${about} was sent again automatically as ${next.externalId}: ${next.status}`);
    } catch (error) {
      if (!(error instanceof PayoutLinksError)) throw error;
      if (result === 'waits') return this.waitForDelivery(plan);
      const what = result === 'stored' ? 'was sent again automatically, and refused' : 'was not sent again';
      this.logger.warn(`${about} ${what}: ${error.message}`);
      if (result === 'stored') return;
      const seconds = secondsToWait(error);
      if (seconds === null) await this.plans.end(plan, 'REFUSED', error.message);
      else await this.plans.postpone(plan, seconds, error.message);
    }
  }

  private waitForDelivery(plan: PayoutLinkReissuePlan): Promise<void> {
    return this.plans.postpone(plan, WAIT_SECONDS, 'a webhook delivery about it is not processed');
  }
}

/** Errors of the read that say nothing about the link: the plan waits. Null: a guard refused it for good. */
function secondsToWait(error: PayoutLinksError): number | null {
  if (error instanceof RateLimitedError) return Math.ceil(error.retryAfterMs / 1_000);
  const isTransient =
    error instanceof ProviderUnavailableError ||
    error instanceof AuthenticationError ||
    error instanceof PermissionError ||
    (error instanceof UnexpectedResponseError && error.httpStatus !== 404);
  return isTransient ? WAIT_SECONDS : null;
}
