import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { PayoutLinksAccounts } from '../account/payout-links.accounts.js';
import { BackgroundLoop } from '../background.loop.js';
import { maskEmails } from '../link/mask-email.js';
import type { PayoutLink } from '../link/payout-link.entity.js';
import { PayoutLinkReader, type ReadResult } from '../link/payout-link.reader.js';
import { PayoutLinkRecorder, type Recorded } from '../link/payout-link.recorder.js';
import { PayoutLinkRepository } from '../link/payout-link.repository.js';
import { compareStatus } from '../link/payout-link.status.js';
import { RESOLVED_OPTIONS, type ResolvedPayoutLinksOptions } from '../payout-links.module-definition.js';
import { RateLimitedError } from '../payout-links.errors.js';
import { errorOfAnswer } from '../xendit/answer.errors.js';
import { isRecord } from '../xendit/xendit.answers.js';
import type { PayoutLinkDelivery } from './delivery.entity.js';
import { parseWebhookPayload, providerLinkOfPayload, type WebhookPayload } from './webhook-payload.js';
import { WebhookInbox } from './webhook.inbox.js';

/** Deliveries worked on at a time. */
const BATCH = 16;
const IDLE_MS = 5_000;
/** Waits before the second, third, fourth and fifth attempt. */
const BACK_OFF_MS = [1_000, 5_000, 30_000, 120_000];

/** Works off the inbox: a delivery is a hint, the provider's own answer is the truth. */
@Injectable()
export class WebhookProcessor implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('PayoutLinks');
  private readonly loop = new BackgroundLoop('webhook deliveries', IDLE_MS, () => this.workOff());
  /** Per link, the read that has not been sent yet and that every delivery of now can share. */
  private readonly nextReads = new Map<string, Promise<ReadResult>>();
  private readonly lastReads = new Map<string, Promise<unknown>>();

  constructor(
    private readonly inbox: WebhookInbox,
    private readonly accounts: PayoutLinksAccounts,
    private readonly repository: PayoutLinkRepository,
    private readonly reader: PayoutLinkReader,
    private readonly recorder: PayoutLinkRecorder,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedPayoutLinksOptions,
  ) {}

  onApplicationBootstrap(): void {
    if (this.options.webhook.enabled) this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** A delivery has come in. */
  wake(): void {
    this.loop.wake();
  }

  private async workOff(): Promise<boolean> {
    const deliveries = await this.inbox.take(BATCH);
    await Promise.all(deliveries.map((delivery) => this.workOn(delivery)));
    return deliveries.length > 0;
  }

  private async workOn(delivery: PayoutLinkDelivery): Promise<void> {
    try {
      const link = await this.apply(delivery);
      await this.inbox.finish(delivery.id, link?.id ?? null);
    } catch (error) {
      const rateLimited = error instanceof RateLimitedError;
      const waitMs = rateLimited
        ? error.retryAfterMs
        : BACK_OFF_MS[Math.min(delivery.attempts, BACK_OFF_MS.length) - 1];
      const reason = maskEmails(error instanceof Error ? error.message : 'failed');
      this.logger.warn(`webhook delivery ${delivery.id}, attempt ${delivery.attempts}: ${reason}`);
      await this.inbox.putBack(delivery.id, reason, waitMs!, !rateLimited);
    }
  }

  /** @returns the link that the delivery is about; null when it is none of ours */
  private async apply(delivery: PayoutLinkDelivery): Promise<PayoutLink | null> {
    if (!isRecord(delivery.body)) return null;
    const payload = parseWebhookPayload(delivery.body);
    const link = await this.find(delivery.account, payload);
    if (!link) return null;
    const result = this.options.webhook.confirm
      ? await this.confirm(link, payload)
      : await this.takeItsWord(link, payload, delivery.body);
    if (payload.claim !== null && compareStatus(result.link.status, payload.claim) < 0 && !result.finding) {
      throw new Error(`the provider still says ${result.link.status}, the delivery says ${payload.claim}`);
    }
    return result.link;
  }

  private async find(account: string, { externalId, ids }: WebhookPayload): Promise<PayoutLink | null> {
    const accounts = this.accounts.sharingTokenWith(account);
    const lookUps = [
      ...(externalId === null ? [] : [(name: string) => this.repository.findByExternalId(name, externalId)]),
      ...ids.map((id) => (name: string) => this.repository.findByProviderId(name, id)),
      ...ids.map((id) => (name: string) => this.repository.findByDisbursementId(name, id)),
    ];
    for (const lookUp of lookUps) {
      for (const name of accounts) {
        const link = await lookUp(name);
        if (link) return link;
      }
    }
    return null;
  }

  /** A link whose create was never answered has no provider id yet: the delivery's is tried, and must match. */
  private async confirm(link: PayoutLink, payload: WebhookPayload): Promise<Recorded> {
    const candidates = link.providerId === null ? payload.ids : [link.providerId];
    let last: ReadResult | undefined;
    for (const providerId of candidates) {
      last = await this.readOnce(link, providerId);
      if (last.answer.kind === 'link') return last;
    }
    if (!last || last.answer.kind === 'link') throw new Error('the delivery names no id to read the link by');
    throw errorOfAnswer(last.answer);
  }

  private async takeItsWord(link: PayoutLink, payload: WebhookPayload, raw: unknown): Promise<Recorded> {
    const said = providerLinkOfPayload(payload, link);
    if (!said) return { outcome: 'ignored', link };
    return this.recorder.record(
      link,
      { kind: 'link', link: said, raw },
      { source: 'WEBHOOK', sentAtVersion: link.version },
    );
  }

  /**
   * One read in flight per link: whoever comes while one is under way waits for the next, which is sent after it
   * came, and which all who wait share.
   */
  private readOnce(link: PayoutLink, providerId: string): Promise<ReadResult> {
    const key = `${link.id} ${providerId}`;
    const waiting = this.nextReads.get(key);
    if (waiting) return waiting;
    const before = this.lastReads.get(link.id) ?? Promise.resolve();
    const read = before.then(async () => {
      this.nextReads.delete(key);
      const fresh = (await this.repository.findById(link.id)) ?? link;
      return this.reader.read(fresh, { source: 'WEBHOOK' }, providerId);
    });
    this.nextReads.set(key, read);
    const settled = read
      .catch(() => undefined)
      .finally(() => {
        if (this.lastReads.get(link.id) === settled) this.lastReads.delete(link.id);
      });
    this.lastReads.set(link.id, settled);
    return read;
  }
}
