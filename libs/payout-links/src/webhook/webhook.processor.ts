import { Inject, Injectable, Logger } from '@nestjs/common';
import { setMaxListeners } from 'node:events';
import { PayoutLinksAccounts } from '../account/payout-links.accounts.js';
import { BackgroundPool } from '../background.pool.js';
import { underLease } from '../lease.js';
import { isAboutAnotherPayout } from '../rules/discrepancy.js';
import { maskEmails } from '../rules/mask-email.js';
import type { PayoutLink } from '../link/payout-link.entity.js';
import { PayoutLinkReader, type ReadResult } from '../link/payout-link.reader.js';
import { PayoutLinkRecorder, type Recorded } from '../link/payout-link.recorder.js';
import { PayoutLinkRepository } from '../link/payout-link.repository.js';
import { compareStatus } from '../rules/payout-link.status.js';
import { RESOLVED_OPTIONS, type ResolvedPayoutLinksOptions } from '../payout-links.options.js';
import { RateLimitedError } from '../payout-links.errors.js';
import { errorOfResponse } from '../xendit/response.errors.js';
import { addLogFields, withLogFields } from '../telemetry/log-fields.js';
import { Meters } from '../telemetry/meters.js';
import { failSpan, inSpan, SpanKind } from '../telemetry/spans.js';
import { isRecord } from '../xendit/xendit.responses.js';
import type { PayoutLinkDelivery } from './delivery.entity.js';
import { SharedReads } from './shared-reads.js';
import { parseWebhookPayload, providerLinkOfPayload, type WebhookPayload } from './webhook-payload.js';
import { WebhookInbox } from './webhook.inbox.js';

/** Concurrent deliveries, apart from those that wait for a slow response. */
const AT_A_TIME = 16;
const SLOW_AFTER_MS = 1_000;
/** With those that wait. */
const MOST_IN_PROGRESS = 64;
const IDLE_MS = 5_000;
/** Waits before the second, third, fourth and fifth attempt. Milliseconds. */
const BACK_OFF_MS = [1_000, 5_000, 30_000, 120_000];

interface Taken {
  delivery: PayoutLinkDelivery;
  /** It had arrived by then, by `performance.now()`. */
  arrivedBefore: number;
}

/** Processes the inbox: a delivery is a hint, the provider's own response decides. */
@Injectable()
export class WebhookProcessor {
  private readonly logger = new Logger(WebhookProcessor.name);
  private readonly pool = new BackgroundPool<Taken>('webhook deliveries', {
    idleMs: IDLE_MS,
    limit: AT_A_TIME,
    slowAfterMs: SLOW_AFTER_MS,
    mostInProgress: MOST_IN_PROGRESS,
    take: (limit, inProgress) => this.take(limit, inProgress),
    work: (taken) => this.workOn(taken),
  });
  private readonly ending = new AbortController();
  private readonly reads = new SharedReads<ReadResult>();

  constructor(
    private readonly inbox: WebhookInbox,
    private readonly accounts: PayoutLinksAccounts,
    private readonly repository: PayoutLinkRepository,
    private readonly reader: PayoutLinkReader,
    private readonly recorder: PayoutLinkRecorder,
    private readonly meters: Meters,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedPayoutLinksOptions,
  ) {
    // Every read in flight listens to it.
    setMaxListeners(0, this.ending.signal);
  }

  start(): void {
    if (this.options.webhook.process) this.pool.start();
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.pool.stop();
  }

  /** A delivery has arrived. */
  wake(): void {
    this.pool.wake();
  }

  private async take(limit: number, inProgress: ReadonlySet<Taken>): Promise<Taken[]> {
    const counts = new Map<string, number>();
    for (const { delivery } of inProgress)
      counts.set(delivery.account, (counts.get(delivery.account) ?? 0) + 1);
    // Each has its share, so that slow responses of all the others leave room for one.
    const share = Math.ceil(MOST_IN_PROGRESS / this.options.accounts.size);
    const full = [...counts].filter(([, count]) => count >= share).map(([account]) => account);
    const room = [...counts.values()].filter((count) => count < share).map((count) => share - count);
    const deliveries = await this.inbox.take(Math.min(limit, share, ...room), full);
    const arrivedBefore = performance.now();
    return deliveries.map((delivery) => ({ delivery, arrivedBefore }));
  }

  private workOn(taken: Taken): Promise<void> {
    const { account, traceParent: parent } = taken.delivery;
    const work = () =>
      inSpan('webhook.process', { kind: SpanKind.CONSUMER, parent }, () => this.process(taken));
    return underLease(
      () => this.inbox.renew(taken.delivery),
      () => withLogFields({ account }, work),
    );
  }

  private async process({ delivery, arrivedBefore }: Taken): Promise<void> {
    try {
      const payload = isRecord(delivery.body) ? parseWebhookPayload(delivery.body) : null;
      const link = payload && (await this.find(delivery.account, payload));
      if (!payload || !link) {
        await this.inbox.unmatched(delivery, payload);
        return;
      }
      addLogFields({ account: link.account, linkId: link.id, externalId: link.externalId });
      await this.apply(delivery, payload, link, arrivedBefore);
      const lagSeconds = await this.inbox.done(delivery, link.id);
      if (lagSeconds !== null) this.meters.webhookProcessed(link.account, lagSeconds);
    } catch (error) {
      failSpan(error);
      const rateLimited = error instanceof RateLimitedError;
      const waitMs = rateLimited
        ? error.retryAfterMs
        : BACK_OFF_MS[Math.min(delivery.attempts, BACK_OFF_MS.length) - 1];
      const reason = maskEmails(error instanceof Error ? error.message : 'failed');
      this.logger.warn(`webhook delivery ${delivery.id}, attempt ${delivery.attempts}: ${reason}`);
      // A delivery interrupted by shutdown is due at once for other processes.
      if (this.ending.signal.aborted) await this.inbox.retry(delivery, reason, 0, false);
      else await this.inbox.retry(delivery, reason, waitMs!, !rateLimited);
    }
  }

  private async apply(
    delivery: PayoutLinkDelivery,
    payload: WebhookPayload,
    link: PayoutLink,
    arrivedBefore: number,
  ): Promise<void> {
    // Only a read can prove that an unconfirmed create is ours.
    const read = this.options.webhook.confirm || link.providerId === null;
    const result = read
      ? await this.confirm(link, payload, arrivedBefore)
      : await this.applyClaim(link, payload, delivery.body, arrivedBefore);
    if (
      payload.claim !== null &&
      compareStatus(result.link.status, payload.claim) < 0 &&
      !isAboutAnotherPayout(result.discrepancy)
    ) {
      throw new Error(`the provider still says ${result.link.status}, the delivery says ${payload.claim}`);
    }
  }

  private async find(account: string, { externalId, ids }: WebhookPayload): Promise<PayoutLink | null> {
    const accounts = this.accounts.sharingTokenWith(account);
    const lookups = [
      ...(externalId === null ? [] : [(name: string) => this.repository.findByExternalId(name, externalId)]),
      ...ids.map((id) => (name: string) => this.repository.findByProviderId(name, id)),
      ...ids.map((id) => (name: string) => this.repository.findByDisbursementId(name, id)),
    ];
    for (const lookup of lookups) {
      const links = (await Promise.all(accounts.map(lookup))).filter((link) => link !== null);
      // Accounts that share a token may have used one external id each: then the delivery's ids decide.
      const named = links.find(({ providerId, disbursementId }) =>
        [providerId, disbursementId].some((id) => id !== null && ids.includes(id)),
      );
      if (links.length > 0) return named ?? links[0]!;
    }
    return null;
  }

  /** An unconfirmed link has no provider id yet: the delivery's is tried, and must match. */
  private async confirm(link: PayoutLink, payload: WebhookPayload, arrivedBefore: number): Promise<Recorded> {
    const candidates = link.providerId === null ? payload.ids : [link.providerId];
    let last: ReadResult | undefined;
    for (const providerId of candidates) {
      last = await this.reads.share(link.id, providerId, arrivedBefore, () => this.read(link, providerId));
      if (last.response.kind === 'link') return last;
    }
    if (!last || last.response.kind === 'link')
      throw new Error('the delivery names no id to read the link by');
    throw errorOfResponse(last.response);
  }

  private async applyClaim(
    link: PayoutLink,
    payload: WebhookPayload,
    raw: unknown,
    arrivedBefore: number,
  ): Promise<Recorded> {
    const said = providerLinkOfPayload(payload, link);
    if (!said) return { outcome: 'ignored', link };
    // Its age is unknown: it may move the link forward; anything else needs a read.
    const recorded = await this.recorder.record(
      link,
      { kind: 'link', link: said, raw, unread: true },
      { source: 'WEBHOOK', sentAtVersion: 0, sentAt: arrivedBefore },
    );
    return recorded.outcome === 'stale' ? this.confirm(recorded.link, payload, arrivedBefore) : recorded;
  }

  private async read(link: PayoutLink, providerId: string): Promise<ReadResult> {
    const fresh = (await this.repository.findById(link.id)) ?? link;
    // Once: the inbox tries again, and a place is not held while it waits.
    const how = { source: 'WEBHOOK', once: true, signal: this.ending.signal } as const;
    return this.reader.read(fresh, how, providerId);
  }
}
