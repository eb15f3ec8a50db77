import { Inject, Injectable, Logger } from '@nestjs/common';
import { BackgroundPool } from '../background.pool.js';
import { underLease } from '../lease.js';
import { maskEmails } from '../rules/mask-email.js';
import { PayoutLinkRecorder } from '../link/payout-link.recorder.js';
import { RESOLVED_OPTIONS, type ResolvedPayoutLinksOptions } from '../payout-links.options.js';
import { addLogFields, withLogFields } from '../telemetry/log-fields.js';
import { failSpan, inSpan, SpanKind } from '../telemetry/spans.js';
import { PayoutLinkHandlerError } from './handler.error.js';
import { HandlerExplorer, type PayoutLinkHandler } from './handler.explorer.js';
import { OutboxRepository, type LeasedTask } from './outbox.repository.js';

/** Concurrent calls per handler. */
const AT_A_TIME = 16;
const IDLE_MS = 2_000;
const SEEN_EVERY_MS = 3_600_000;
/** Waits before the second attempt and each one after it; then the task is a dead letter. Milliseconds. */
const BACK_OFF_MS = [1_000, 5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000];

/** Calls the host's handlers for changes. A slow or failing handler does not delay the others. */
@Injectable()
export class OutboxDispatcher {
  private readonly logger = new Logger(OutboxDispatcher.name);
  private pools: BackgroundPool<LeasedTask>[] = [];
  private seen: NodeJS.Timeout | undefined;

  constructor(
    private readonly explorer: HandlerExplorer,
    private readonly outbox: OutboxRepository,
    private readonly recorder: PayoutLinkRecorder,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedPayoutLinksOptions,
  ) {}

  /** @throws PayoutLinkHandlerError when a handler cannot be called as declared */
  async start(): Promise<void> {
    const handlers = this.explorer.find();
    this.logFound(handlers);
    if (handlers.length === 0) return;
    this.requireTokens(handlers);
    await this.outbox.register(handlers);
    this.seen = setInterval(() => void this.registerAgain(handlers), SEEN_EVERY_MS).unref();
    this.pools = handlers.map(
      (handler) =>
        new BackgroundPool(`handler ${handler.name}`, {
          idleMs: IDLE_MS,
          limit: AT_A_TIME,
          take: (limit) => this.outbox.take(handler.name, limit),
          work: (task) => this.workOn(handler, task),
        }),
    );
    this.recorder.onMove(() => this.wake());
    for (const pool of this.pools) pool.start();
  }

  async stop(): Promise<void> {
    clearInterval(this.seen);
    await Promise.all(this.pools.map((pool) => pool.stop()));
  }

  /** There may be new tasks. */
  wake(): void {
    for (const pool of this.pools) pool.wake();
  }

  private logFound(handlers: readonly PayoutLinkHandler[]): void {
    const { receive, process } = this.options.webhook;
    // A process that leaves webhooks to others needs no handlers, so it does not log that it has none.
    if (handlers.length === 0 && !receive && !process) return;
    const found = handlers.map(({ name, events }) => `${name} (${events.join(', ')})`);
    this.logger.log(`handlers of payout links: ${found.join('; ') || 'none'}`);
    for (const { name } of handlers.filter(({ looksMinified }) => looksMinified)) {
      this.logger.warn(
        `the handler ${name} is named after a minified class: the next build may rename it, and a renamed handler` +
          ' does not receive earlier changes. Give it a name: @OnPayoutLink({ events, name }).',
      );
    }
  }

  private requireTokens(handlers: readonly PayoutLinkHandler[]): void {
    if (!this.options.webhook.receive) return;
    for (const [account, { webhookTokens }] of this.options.accounts) {
      if (webhookTokens.length > 0) continue;
      throw new PayoutLinkHandlerError(
        `there are handlers of payout links (${handlers[0]!.name}), so the account "${account}" needs webhookTokens` +
          ' (or webhook.receive: false, where another process receives the webhooks)',
      );
    }
  }

  private workOn(handler: PayoutLinkHandler, task: LeasedTask): Promise<void> {
    const { payoutLinkId, traceParent: parent } = task;
    const attributes = { 'payout_links.handler': handler.name };
    const span = { kind: SpanKind.CONSUMER, attributes, parent };
    const work = () => inSpan('handler', span, () => this.call(handler, task));
    return underLease(
      () => this.outbox.renew(task),
      () => withLogFields({ linkId: payoutLinkId }, work),
    );
  }

  private async call(handler: PayoutLinkHandler, task: LeasedTask): Promise<void> {
    try {
      const event = await this.outbox.event(task);
      addLogFields({ account: event.link.account, externalId: event.link.externalId });
      await handler.call(event);
      await this.outbox.done(task);
    } catch (error) {
      failSpan(error);
      const waitMs = BACK_OFF_MS[task.attempts - 1] ?? null;
      const reason = maskEmails(error instanceof Error ? error.message : String(error));
      this.logger.warn(
        `handler ${handler.name}, payout link ${task.payoutLinkId}, attempt ${task.attempts}: ${reason}` +
          (waitMs === null ? '; a dead letter until it is redriven' : ''),
      );
      await this.outbox.retry(task, reason, waitMs);
    }
  }

  private async registerAgain(handlers: readonly PayoutLinkHandler[]): Promise<void> {
    await this.outbox.register(handlers).catch(() => undefined);
  }
}
