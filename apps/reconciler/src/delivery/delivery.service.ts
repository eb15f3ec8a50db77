import { setTimeout as wait } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { DeliveryContent, News } from './content.js';
import { DELIVERY_OPTIONS, type DeliveryOptions } from './delivery.options.js';
import { DeliveryRepository, type Pending } from './delivery.repository.js';
import { send } from './targets/send.js';
import { targetsFor } from './wanted.js';

/** No attempt starts later than this after the first, in milliseconds. */
const TOGETHER_MS = 90_000;
/** Attempts side by side at one target; a slow target holds up no other. */
const AT_A_TIME = 4;

/** A delivery after it was tried. */
export interface Tried extends Pending {
  /** Null: delivered. */
  error: string | null;
}

/** Stores deliveries and tries them. */
@Injectable()
export class DeliveryService {
  private readonly logger = new Logger('Delivery');
  private readonly fresh: Pending[] = [];

  constructor(
    private readonly deliveries: DeliveryRepository,
    @Inject(DELIVERY_OPTIONS) private readonly options: DeliveryOptions,
  ) {}

  /**
   * Stores a delivery for each target that wants it, in the transaction of what it is about. `deliverFresh` tries them
   * once that is committed.
   */
  async store(news: News, manager?: EntityManager): Promise<void> {
    this.fresh.push(...(await this.insert(news, { resent: false }, manager)));
  }

  /** Stores new deliveries of something that was delivered before. */
  storeAgain(news: News): Promise<Pending[]> {
    return this.insert(news, { resent: true });
  }

  /** Tries what this process has stored. */
  deliverFresh(signal: AbortSignal): Promise<Tried[]> {
    return this.deliver(this.fresh.splice(0), signal);
  }

  /** Tries what is due, each once. */
  async deliverDue(signal: AbortSignal): Promise<void> {
    await this.deliver(await this.deliveries.due(this.names), signal, []);
  }

  /** What is not delivered yet, of one account or of all. */
  undelivered(account: string | null): Promise<Pending[]> {
    return this.deliveries.undelivered(this.names, account);
  }

  /**
   * Tries deliveries, those of different targets side by side, a few times each; never throws for a target. What fails
   * is kept for `serve`, and logged.
   */
  async deliver(
    pending: readonly Pending[],
    signal: AbortSignal,
    waitsMs: readonly number[] = this.options.waitsMs,
  ): Promise<Tried[]> {
    const how = { signal, waitsMs, endsAt: performance.now() + TOGETHER_MS };
    const tried: Tried[] = [];
    const workers = [...new Set(pending.map(({ target }) => target))].flatMap((target) => {
      const queue = pending.filter((one) => one.target === target);
      return Array.from({ length: Math.min(AT_A_TIME, queue.length) }, async () => {
        for (let one = queue.shift(); one; one = queue.shift())
          tried.push(await this.tryRepeatedly(one, how));
      });
    });
    await Promise.all(workers);
    return tried;
  }

  private insert(news: News, { resent }: { resent: boolean }, manager?: EntityManager): Promise<Pending[]> {
    const targets = targetsFor(this.options.targets, news).map(({ name }) => name);
    if (targets.length === 0) return Promise.resolve([]);
    return this.deliveries.insert({ ...news, targets, resent }, manager);
  }

  private async tryRepeatedly(
    pending: Pending,
    { signal, waitsMs, endsAt }: { signal: AbortSignal; waitsMs: readonly number[]; endsAt: number },
  ): Promise<Tried> {
    let error: string | null = 'there was no time left to try it';
    for (const waitMs of [0, ...waitsMs]) {
      if (signal.aborted || performance.now() + waitMs > endsAt) break;
      await wait(waitMs, undefined, { signal }).catch(() => undefined);
      error = await this.tryOnce(pending, signal);
      if (error === null) return { ...pending, error };
    }
    this.logger.warn(`${describe(pending)} was not delivered: ${error}`);
    return { ...pending, error };
  }

  /** @returns why it was not delivered; null when it was */
  private async tryOnce(pending: Pending, signal: AbortSignal): Promise<string | null> {
    try {
      const target = this.options.targets.find(({ name }) => name === pending.target);
      if (!target) return 'REPORT_DELIVERY no longer has this target';
      const delivery = await this.deliveries.lease(pending.id);
      if (delivery === 'delivered') return null;
      if (delivery === 'leased') return 'another process is trying it';
      const { content, messageId, addressesLeft } = delivery;
      const language = languageOf(content, this.options);
      const sent = await send(target, { id: messageId, content, language, addresses: addressesLeft, signal });
      if (sent.ok) {
        await this.deliveries.delivered(delivery);
        this.logger.log(`${describe(pending)} was delivered`);
        return null;
      }
      if (signal.aborted) await this.deliveries.handBack(delivery);
      else await this.deliveries.failed(delivery, sent.error, sent.addressesLeft);
      return sent.error;
    } catch (error) {
      // The reports are written all the same, and the row is tried again.
      return `the database failed meanwhile (${error instanceof Error ? error.message : 'unknown'}), so it may arrive twice`;
    }
  }

  private get names(): string[] {
    return this.options.targets.map(({ name }) => name);
  }
}

/** One line about a delivery. */
export function describe({ account, what, target }: Pending): string {
  return `${account} ${what} to ${target}`;
}

function languageOf(content: DeliveryContent, { language }: Pick<DeliveryOptions, 'language'>): 'en' | 'id' {
  return content.type === 'slot' ? content.digest.language : language;
}
