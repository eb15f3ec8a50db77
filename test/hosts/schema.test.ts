import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import {
  OnPayoutLink,
  PAYOUT_LINKS_ENTITIES,
  PAYOUT_LINKS_MIGRATIONS,
  PayoutLink,
  type PayoutLinkEvent,
} from 'nestjs-payout-links';
import { DataSource, DefaultNamingStrategy } from 'typeorm';
import { until } from '../support/until.js';
import { HostStage, payoutFor } from './ordinary-host.js';

const called: string[] = [];

@Injectable()
class Ledger {
  @OnPayoutLink('failed')
  failed({ link }: PayoutLinkEvent): void {
    called.push(link.externalId);
  }
}

/** Column names given by the library must not change. */
class Shouting extends DefaultNamingStrategy {
  override columnName(propertyName: string, customName: string): string {
    return customName ?? propertyName.toUpperCase();
  }
}

describe('a host whose tables are somewhere else', () => {
  let stage: HostStage;
  beforeEach(async () => {
    called.length = 0;
    stage = await HostStage.open({ migrated: false });
  });
  afterEach(() => stage.close());

  it.each(['payments', 'Payout Links'])('works with the schema %j, migrations included', async (schema) => {
    await stage.database.query(`CREATE SCHEMA "${schema}"`);
    const { app, service } = await stage.start({
      providers: [Ledger],
      dataSource: { schema, migrations: [...PAYOUT_LINKS_MIGRATIONS], migrationsRun: true },
      options: {
        autoReissue: { waits: ['1s'] },
        failureAdvice: { TEMPORARY_TRANSFER_ERROR: { waitMs: 0 } },
      },
    });
    const link = await service.create(payoutFor('order-1'));
    await stage.claim(link.providerId, '999999');
    await until('the handler was called', () => called.length > 0);
    expect(await service.get(link.id)).toMatchObject({ status: 'FAILED' });
    expect((await service.list({ q: 'order' })).items).toHaveLength(1);
    expect((await service.history(link.id)).at(-1)).toMatchObject({ to: 'FAILED' });
    expect(await service.reissue(link.id, { reason: 'again' })).toMatchObject({ attempt: 2 });
    expect(await service.deliveries('PROCESSED')).toHaveLength(1);
    const temporary = await service.create(payoutFor('order-2'));
    await stage.claim(temporary.providerId, '123456');
    await until('it is sent again automatically', () => service.successor(temporary.id));
    expect(await service.reissuePlans([temporary])).toEqual(new Map());
    await expect(service.cancelReissuePlan(temporary.id, { reason: 'why' })).rejects.toThrow(
      'nothing to cancel',
    );
    const { id } = await stage.caller.create({ external_id: 'made-elsewhere' });
    expect(await service.importLink({ providerId: id })).toMatchObject({ externalId: 'made-elsewhere' });
    const dataSource = app.get(DataSource);
    expect(await dataSource.getRepository(PayoutLink).findOneBy({ id: link.id })).toMatchObject({
      amount: 50_000n,
    });
    const tables = await stage.database.query(
      "SELECT 1 FROM pg_tables WHERE tablename LIKE 'payout_link%' AND schemaname <> $1",
      [schema],
    );
    expect(tables).toEqual([]);
    for (const _ of PAYOUT_LINKS_MIGRATIONS) await dataSource.undoLastMigration();
  });

  it('works with a naming strategy of the host', async () => {
    const { service } = await stage.start({
      dataSource: {
        namingStrategy: new Shouting(),
        migrations: [...PAYOUT_LINKS_MIGRATIONS],
        migrationsRun: true,
      },
    });
    expect(await service.create(payoutFor('order-1'))).toMatchObject({ status: 'PENDING', currency: 'IDR' });
  });

  it.each<[string, object, RegExp]>([
    ['an entityPrefix', { entityPrefix: 'app_' }, /entityPrefix "app_".*use schema instead/],
    [
      'entities that are not listed',
      { entities: [...PAYOUT_LINKS_ENTITIES].slice(0, -3) },
      /does not list PayoutLinkHandlerRow, PayoutLinkOutboxTask, PayoutLinkReissuePlan: add \.\.\.PAYOUT_LINKS_ENTITIES/,
    ],
    [
      'tables that are missing',
      {},
      /does not have payout_link, payout_link_transition, .*add \.\.\.PAYOUT_LINKS_MIGRATIONS .* and run them/,
    ],
    ['tables that are missing in its schema', { schema: 'elsewhere' }, /in the schema elsewhere: add/],
  ])('does not start with %s, and says what to do', async (_, dataSource, message) => {
    await expect(stage.start({ dataSource })).rejects.toMatchObject({
      code: 'PAYOUT_LINKS_SETUP',
      message: expect.stringMatching(message),
    });
  });

  it('does not start on tables of an earlier version', async () => {
    const earlier = await new DataSource({
      type: 'postgres',
      url: stage.database.url,
      migrations: PAYOUT_LINKS_MIGRATIONS.slice(0, 2),
    }).initialize();
    await earlier.runMigrations();
    await earlier.destroy();
    await expect(stage.start()).rejects.toThrow(
      /does not have payout_link.batch_id, payout_link.imported_status, payout_link.last_sent_at, .*payout_link_outbox.trace_parent, payout_link_reissue_plan: /,
    );
  });

  it('keeps dead letters and poll schedules of an earlier version', async () => {
    const migrate = async (count: number) => {
      const dataSource = await new DataSource({
        type: 'postgres',
        url: stage.database.url,
        migrations: PAYOUT_LINKS_MIGRATIONS.slice(0, count),
      }).initialize();
      await dataSource.runMigrations();
      await dataSource.destroy();
    };
    await migrate(4);
    await stage.database.query(`
      INSERT INTO payout_link (account, external_id, amount, currency, email, id, chain_id, attempt, status, version,
        status_at, lease_fence, next_check_at, checks, created_at, updated_at)
      SELECT 'default', 'order-1', 50000, 'IDR', 'siti@example.com', id, id, 1, 'PENDING', 1, now(), 1,
        '2026-11-28 20:00:00Z', 3, now(), now() FROM gen_random_uuid() AS id`);
    await stage.database.query(`
      INSERT INTO payout_link_delivery (account, delivery_key, body, status, attempts, received_count, received_at,
        last_received_at, next_attempt_at)
      VALUES ('default', 'd-1', '{}', 'SET_ASIDE', 5, 1, now(), now(), now())`);
    await migrate(PAYOUT_LINKS_MIGRATIONS.length);
    const { service } = await stage.start();
    expect(await service.getByExternalId('order-1')).toMatchObject({
      nextPollAt: new Date('2026-11-28T20:00:00Z'),
      polls: 3,
    });
    expect(await service.deliveries('DEAD')).toMatchObject([{ deliveryKey: 'd-1', attempts: 5 }]);
  });

  it('starts when the host migrates after it was created and before it listens', async () => {
    const late = {
      onModuleInit: () => undefined as unknown,
    };
    const { service } = await stage.start({
      dataSource: { migrations: [...PAYOUT_LINKS_MIGRATIONS] },
      providers: [
        {
          provide: 'MIGRATIONS',
          useFactory: (dataSource: DataSource) =>
            Object.assign(late, { onModuleInit: () => dataSource.runMigrations() }),
          inject: [DataSource],
        },
      ],
    });
    expect(await service.list()).toEqual({ items: [], nextCursor: null });
  });
});
