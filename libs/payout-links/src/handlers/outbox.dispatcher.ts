import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { BackgroundPool } from '../background.pool.js';
import { maskEmails } from '../rules/mask-email.js';
import { PayoutLinkRecorder } from '../link/payout-link.recorder.js';
import { RESOLVED_OPTIONS, type ResolvedPayoutLinksOptions } from '../payout-links.module-definition.js';
import { PayoutLinkHandlerError } from './handler.error.js';
import { HandlerExplorer, type PayoutLinkHandler } from './handler.explorer.js';
import { OutboxRepository, type TakenTask } from './outbox.repository.js';

/** Calls of one handler at a time. */
const AT_A_TIME = 16;
const IDLE_MS = 2_000;
const HOLD_SECONDS = 60;
const HOLD_AGAIN_MS = 20_000;
const SEEN_EVERY_MS = 3_600_000;
/** Waits before the second attempt and those after it; then the task is a dead letter. */
const BACK_OFF_MS = [1_000, 5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000];

/** Tells the host's handlers of changes, each handler at its own pace. */
@Injectable()
export class OutboxDispatcher implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('PayoutLinks');
  private pools: BackgroundPool<TakenTask>[] = [];
  private seen: NodeJS.Timeout | undefined;

  constructor(
    private readonly explorer: HandlerExplorer,
    private readonly outbox: OutboxRepository,
    private readonly recorder: PayoutLinkRecorder,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedPayoutLinksOptions,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const handlers = this.explorer.find();
    if (handlers.length === 0) return;
    for (const [account, { webhookTokens }] of this.options.accounts) {
      if (webhookTokens.length > 0) continue;
      throw new PayoutLinkHandlerError(
        `there are handlers of payout links (${handlers[0]!.name}), so the account "${account}" needs webhookTokens`,
      );
    }
    await this.outbox.register(handlers);
    this.seen = setInterval(() => void this.registerAgain(handlers), SEEN_EVERY_MS).unref();
    this.pools = handlers.map(
      (handler) =>
        new BackgroundPool(
          `handler ${handler.name}`,
          IDLE_MS,
          AT_A_TIME,
          (limit) => this.outbox.take(handler.name, limit, HOLD_SECONDS),
          (task) => this.workOn(handler, task),
        ),
    );
    this.recorder.onMove(() => this.wake());
    for (const pool of this.pools) pool.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.seen);
    await Promise.all(this.pools.map((pool) => pool.stop()));
  }

  /** There may be something to tell. */
  wake(): void {
    for (const pool of this.pools) pool.wake();
  }

  private async workOn(handler: PayoutLinkHandler, task: TakenTask): Promise<void> {
    const hold = setInterval(() => void this.holdAgain(task), HOLD_AGAIN_MS);
    try {
      const event = await this.outbox.event(task);
      if (event) await handler.call(event);
      await this.outbox.done(task.id);
    } catch (error) {
      const waitMs = BACK_OFF_MS[task.attempts - 1] ?? null;
      const reason = maskEmails(error instanceof Error ? error.message : String(error));
      this.logger.warn(
        `handler ${handler.name}, payout link ${task.payoutLinkId}, attempt ${task.attempts}: ${reason}` +
          (waitMs === null ? '; set aside until it is redriven' : ''),
      );
      await this.outbox.failed(task.id, reason, waitMs);
    } finally {
      clearInterval(hold);
    }
  }

  private async holdAgain(task: TakenTask): Promise<void> {
    await this.outbox.hold(task.id, HOLD_SECONDS).catch(() => undefined);
  }

  private async registerAgain(handlers: readonly PayoutLinkHandler[]): Promise<void> {
    await this.outbox.register(handlers).catch(() => undefined);
  }
}
