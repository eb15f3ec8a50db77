import { setTimeout as wait } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { DeliveryTarget } from 'app-runtime';
import type { EntityManager } from 'typeorm';
import type { DeliveryContent, DeliveryEvent, FailedRun } from './content.js';
import type { ReportDelivery } from './delivery.entity.js';
import { DELIVERY_OPTIONS, type DeliveryOptions } from './delivery.options.js';
import { DeliveryRepository } from './delivery.repository.js';
import { send } from './targets/send.js';
import { targetsFor } from './wanted.js';

/** No attempt starts later than this after the first, in milliseconds. */
const TOGETHER_MS = 90_000;
/** Attempts side by side. */
const AT_A_TIME = 8;

/** What is to be delivered. */
interface News {
  account: string;
  /** Of a slot. */
  date?: string;
  /** Of a statement. */
  period?: string;
  event: DeliveryEvent;
  content: DeliveryContent;
}

/** A delivery that was tried. */
export interface Tried {
  account: string;
  /** Date or period. */
  what: string;
  target: string;
  /** Null: delivered. */
  error: string | null;
}

/** Stores deliveries and tries them. */
@Injectable()
export class DeliveryService {
  private readonly logger = new Logger('Delivery');
  private readonly fresh: string[] = [];

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

  /** Stores new deliveries of something that was delivered before. @returns their ids */
  storeAgain(news: News): Promise<string[]> {
    return this.insert(news, { resent: true });
  }

  /** A run that could not be done, once per account and date. */
  storeFailed(run: FailedRun): Promise<void> {
    return this.store({
      account: run.account,
      date: run.date,
      event: 'FAILED',
      content: { type: 'failed', run },
    });
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
  async undelivered(account: string | null): Promise<string[]> {
    return (await this.deliveries.undelivered(this.names, account)).map(({ id }) => id);
  }

  /**
   * Tries deliveries side by side, a few times each; never throws for a target. What fails is kept for `serve`, and
   * logged. One that another process is trying is left to it.
   */
  async deliver(
    ids: readonly string[],
    signal: AbortSignal,
    waitsMs: readonly number[] = this.options.waitsMs,
  ): Promise<Tried[]> {
    const endsAt = performance.now() + TOGETHER_MS;
    const queue = [...ids];
    const tried: Tried[] = [];
    const work = async () => {
      for (let id = queue.shift(); id !== undefined && !signal.aborted; id = queue.shift()) {
        const result = await this.tryRepeatedly(id, signal, waitsMs, endsAt);
        if (result) tried.push(result);
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_A_TIME, ids.length) }, work));
    return tried;
  }

  private insert(
    { account, date, period, event, content }: News,
    { resent }: { resent: boolean },
    manager?: EntityManager,
  ): Promise<string[]> {
    const targets = targetsFor(this.options.targets, account, event, content).map(({ name }) => name);
    if (targets.length === 0) return Promise.resolve([]);
    return this.deliveries.insert({ account, date, period, event, content, targets, resent }, manager);
  }

  private async tryRepeatedly(
    id: string,
    signal: AbortSignal,
    waitsMs: readonly number[],
    endsAt: number,
  ): Promise<Tried | null> {
    for (let attempt = 0; ; attempt += 1) {
      const result = await this.tryOnce(id);
      if (!result || result.error === null) return result;
      const waitMs = waitsMs[attempt];
      if (waitMs === undefined || signal.aborted || performance.now() + waitMs > endsAt) {
        this.logger.warn(`${describe(result)} was not delivered: ${result.error}`);
        return result;
      }
      await wait(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private async tryOnce(id: string): Promise<Tried | null> {
    const delivery = await this.deliveries.lease(id);
    if (!delivery) return null;
    const { account, content, messageId, addressesLeft } = delivery;
    const tried = { account, what: whatOf(delivery), target: delivery.target };
    const target = this.options.targets.find(({ name }) => name === delivery.target);
    if (!target) return { ...tried, error: 'REPORT_DELIVERY no longer has this target' };
    const sent = await send(target, {
      id: messageId,
      content,
      language: languageOf(content, this.options),
      addresses: addressesLeft,
    });
    if (sent.ok) {
      await this.deliveries.delivered(delivery);
      this.logger.log(`${describe(tried)} was delivered`);
      return { ...tried, error: null };
    }
    await this.deliveries.failed(delivery, sent.error, sent.addressesLeft);
    return { ...tried, error: sent.error };
  }

  private get names(): string[] {
    return this.options.targets.map(({ name }) => name);
  }
}

/** One line about a delivery. */
export function describe({ account, what, target }: Omit<Tried, 'error'>): string {
  return `${account} ${what} to ${target}`;
}

function whatOf({ businessDate, period }: ReportDelivery): string {
  return businessDate ?? period!.replace('_', '–');
}

function languageOf(content: DeliveryContent, { language }: Pick<DeliveryOptions, 'language'>): 'en' | 'id' {
  return content.type === 'slot' ? content.digest.language : language;
}

/** The targets of a run that failed so early that nothing could be stored. */
export function targetsOfFailure(targets: readonly DeliveryTarget[], run: FailedRun): DeliveryTarget[] {
  return targetsFor(targets, run.account, 'FAILED', { type: 'failed', run });
}
