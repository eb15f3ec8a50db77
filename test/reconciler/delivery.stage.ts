import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { readConfiguration, type DeliveryTarget } from 'app-runtime';
import { PAYOUT_LINKS_MIGRATIONS } from 'nestjs-payout-links';
import type { DeliveryContent } from '../../apps/reconciler/src/delivery/content.js';
import { ReportDelivery } from '../../apps/reconciler/src/delivery/delivery.entity.js';
import {
  DELIVERY_OPTIONS,
  type DeliveryOptions,
} from '../../apps/reconciler/src/delivery/delivery.options.js';
import { DeliveryRepository } from '../../apps/reconciler/src/delivery/delivery.repository.js';
import { DeliveryService } from '../../apps/reconciler/src/delivery/delivery.service.js';
import { RECONCILER_MIGRATIONS } from '../../apps/reconciler/src/migrations/index.js';
import type { SlotResult } from '../../apps/reconciler/src/slot/slot-result.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

/** A row of the deliveries. */
export interface DeliveryRow {
  target: string;
  event: string;
  state: string;
  attempts: number;
  last_error: string | null;
  addresses_left: string[] | null;
  message_id: string;
}

/** The real deliveries on a real database, without the programs. */
export class DeliveryStage {
  private apps: INestApplicationContext[] = [];

  private constructor(
    readonly database: TestDatabase,
    /** A report set. */
    readonly folder: string,
  ) {}

  static async open(): Promise<DeliveryStage> {
    const database = await createTestDatabase([...PAYOUT_LINKS_MIGRATIONS, ...RECONCILER_MIGRATIONS]);
    return new DeliveryStage(database, await mkdtemp(join(tmpdir(), 'delivery-')));
  }

  async close(): Promise<void> {
    for (const app of this.apps) await app.close();
    await this.database.drop();
    await rm(this.folder, { recursive: true });
  }

  async reset(): Promise<void> {
    await this.database.query('TRUNCATE payout_link_report_delivery');
  }

  /** A process with these targets. */
  async service(
    targets: readonly object[],
    { language = 'en', waitsMs = [0, 0] }: Partial<DeliveryOptions> = {},
  ): Promise<DeliveryService> {
    const options: DeliveryOptions = { targets: targetsOf(targets), language, waitsMs };
    @Module({
      imports: [
        TypeOrmModule.forRoot({
          type: 'postgres',
          url: this.database.url,
          entities: [ReportDelivery],
          retryAttempts: 0,
        }),
      ],
      providers: [{ provide: DELIVERY_OPTIONS, useValue: options }, DeliveryRepository, DeliveryService],
    })
    class DeliveryModule {}
    const app = await NestFactory.createApplicationContext(DeliveryModule, {
      logger: ['fatal'],
      abortOnError: false,
    });
    this.apps.push(app);
    return app.get(DeliveryService);
  }

  rows(): Promise<DeliveryRow[]> {
    return this.database.query<DeliveryRow>('SELECT * FROM payout_link_report_delivery ORDER BY id');
  }

  /** A slot's news, by default of a good one. */
  slot(given: Partial<SlotResult> = {}, failures = 0): DeliveryContent {
    return slotContent({ reportSet: this.folder, ...given }, failures);
  }
}

/** Targets as the configuration parses them. */
function targetsOf(targets: readonly object[]): readonly DeliveryTarget[] {
  return readConfiguration({
    REPORT_DELIVERY: JSON.stringify(targets),
    XENDIT_ACCOUNTS: JSON.stringify({ second: { apiKey: 'xnd_development_2', webhookTokens: ['t'] } }),
  }).reportDelivery;
}

/** A slot with a number of new failures of IDR 50 000 each. */
function slotContent(
  given: Partial<SlotResult> = {},
  failures = 0,
  language: 'en' | 'id' = 'en',
): DeliveryContent {
  const worth = { count: failures, amount: String(failures * 50_000) };
  return {
    type: 'slot',
    result: {
      account: 'default',
      date: '2026-11-27',
      provisional: false,
      incomplete: false,
      asOf: '2026-11-27T19:00:05.000Z',
      reportSet: '/srv/reports/default/2026-11-27',
      coverage: {
        open: 12,
        read: 12,
        unreachable: 0,
        unreachableLinks: [],
        reasons: {},
        unconfirmed: 0,
        watched: 0,
        firstSeenByPoll: null,
      },
      transitions: 20,
      failures,
      discrepancies: 0,
      footed: true,
      ...given,
    },
    digest: {
      language,
      lines: {
        IDR: {
          created: { count: 5, amount: '250000' },
          succeeded: { count: 3, amount: '150000' },
          closing: { count: 12, amount: '1234567' },
          failures_new: worth,
          failures_closing: worth,
        },
      },
      owners: failures === 0 ? [] : [{ owner: 'RECIPIENT', count: failures, amounts: { IDR: worth.amount } }],
      first: Array.from({ length: Math.min(20, failures) }, (_, index) => ({
        change: 'NEW' as const,
        externalId: `refund-${index + 1}`,
        amount: '50000',
        currency: 'IDR',
        code: 'INVALID_DESTINATION',
        action: 'Ask the recipient to confirm the account.',
      })),
    },
  };
}
