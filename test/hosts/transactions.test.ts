import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { PayoutLinksService, type PayoutLink } from 'nestjs-payout-links';
import { DataSource } from 'typeorm';
import {
  addTransactionalDataSource,
  deleteDataSourceByName,
  initializeTransactionalContext,
  Transactional,
} from 'typeorm-transactional';
import { until } from '../support/until.js';
import { HostStage, payoutFor } from './ordinary-host.js';

initializeTransactionalContext();

class OutOfStock extends Error {}

/** A host's service that does everything in one transaction and rolls it back. */
@Injectable()
class Orders {
  constructor(
    private readonly links: PayoutLinksService,
    @InjectDataSource() private readonly dataSource: DataSource,
  ) {}

  @Transactional()
  async thenFail(work: (links: PayoutLinksService) => Promise<unknown>): Promise<void> {
    await this.dataSource.query('INSERT INTO orders VALUES (1)');
    await work(this.links);
    throw new OutOfStock();
  }

  async payInTransaction(externalId: string): Promise<PayoutLink> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query('INSERT INTO orders VALUES (2)');
      return this.links.create(payoutFor(externalId));
    });
  }
}

describe('a host that works in transactions', () => {
  let stage: HostStage;
  beforeEach(async () => {
    stage = await HostStage.open();
    await stage.database.query('CREATE TABLE orders (id int)');
  });
  afterEach(async () => {
    deleteDataSourceByName('default');
    await stage.close();
  });

  const startTransactional = () =>
    stage.start({
      providers: [Orders],
      prepareDataSource: (options) => addTransactionalDataSource(new DataSource(options)).initialize(),
    });

  it('keeps what create has stored when its transaction is rolled back', async () => {
    const { app, service } = await startTransactional();
    await expect(app.get(Orders).thenFail((links) => links.create(payoutFor('order-1')))).rejects.toThrow(
      OutOfStock,
    );
    expect(await stage.database.query('SELECT * FROM orders')).toEqual([]);
    const [payout] = await stage.payouts();
    expect(await service.getByExternalId('order-1')).toMatchObject({
      status: 'PENDING',
      providerId: payout!.id,
    });
  });

  it('keeps what refresh, void, reissue, write-off and adopt have stored, too', async () => {
    const { app, service } = await startTransactional();
    const rolledBack = (work: (links: PayoutLinksService) => Promise<unknown>) =>
      expect(app.get(Orders).thenFail(work)).rejects.toThrow(OutOfStock);
    await stage.caller.control('webhooks', { drop: 1 });

    const failed = await service.create(payoutFor('fails'));
    await stage.claim(failed.providerId, '999999');
    await rolledBack((links) => links.refresh(failed.id));
    expect(await service.get(failed.id)).toMatchObject({ status: 'FAILED' });

    await rolledBack((links) => links.reissue(failed.id, { reason: 'again' }));
    const successor = await service.getByExternalId('fails-r1');
    expect(successor).toMatchObject({ status: 'PENDING', reissueOf: failed.id });

    await rolledBack((links) => links.void(successor.id));
    expect(await service.get(successor.id)).toMatchObject({ status: 'VOIDED' });

    const lost = await service.create(payoutFor('is-lost'));
    await stage.claim(lost.providerId, '121212');
    await service.refresh(lost.id);
    await rolledBack((links) => links.writeOff(lost.id, { reason: 'gone' }));
    expect(await service.reissueRefusal(lost.id)).toContain('written off');

    await stage.caller.control('faults', {
      route: 'POST /payouts',
      kind: 'timeout-after',
      times: 9,
      ms: 200,
    });
    const impatient = await stage.start({
      options: { http: { attemptTimeoutMs: 100, attempts: 1 } },
      extras: { dataSource: 'impatient' },
    });
    const unconfirmed = await impatient.service.create(payoutFor('unanswered'));
    expect(unconfirmed.status).toBe('UNCONFIRMED');
    const payout = (await stage.payouts()).find(({ external_id }) => external_id === 'unanswered');
    await rolledBack((links) => links.adopt(unconfirmed.id, payout!.id));
    expect(await service.get(unconfirmed.id)).toMatchObject({ status: 'PENDING' });
  });

  it('does not hang when its own transaction has just stored a foreign key to the link', async () => {
    const { app, service } = await stage.start();
    await stage.database.query('CREATE TABLE refunds (payout_link_id uuid REFERENCES payout_link (id))');
    const link = await service.create(payoutFor('order-1'));
    const dataSource = app.get(DataSource);
    await dataSource.transaction(async (manager) => {
      await manager.query('INSERT INTO refunds VALUES ($1)', [link.id]);
      await service.refresh(link.id);
      expect(await service.void(link.id)).toMatchObject({ status: 'VOIDED' });
      expect(await service.reissue(link.id, { reason: 'again', force: true })).toMatchObject({ attempt: 2 });
    });
    expect(await stage.database.query('SELECT count(*)::int FROM refunds')).toEqual([{ count: 1 }]);
  });

  it('can be closed twice', async () => {
    const { app } = await stage.start();
    await app.close();
    await expect(app.close()).resolves.toBeUndefined();
  });

  it('does not hang when every connection of its pool is in a transaction that creates', async () => {
    const { app } = await stage.start({ providers: [Orders], dataSource: { poolSize: 10 } });
    const orders = app.get(Orders);
    const links = await Promise.all(
      Array.from({ length: 10 }, (_, index) => orders.payInTransaction(`parallel-${index}`)),
    );
    expect(links.map(({ status }) => status)).toEqual(links.map(() => 'PENDING'));
    await until('no connection stays open', async () => {
      const [row] = await stage.database.query<{ count: string }>(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'",
      );
      return row!.count === '0';
    });
  });
});
