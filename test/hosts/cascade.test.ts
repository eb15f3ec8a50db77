import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  PAYOUT_LINKS_ENTITIES,
  PayoutLink,
  PayoutLinkDelivery,
  PayoutLinkTransition,
} from 'nestjs-payout-links';
import { Column, DataSource, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { until } from '../support/until.js';
import { HostStage, payoutFor } from './ordinary-host.js';

@Entity({ name: 'refund' })
class Refund {
  @PrimaryColumn('int')
  id!: number;

  @Column('text')
  note!: string;

  @ManyToOne(() => PayoutLink, { cascade: true, eager: true })
  @JoinColumn({ name: 'payout_link_id' })
  payoutLink!: PayoutLink;
}

describe('a host whose own entities cascade to payout links', () => {
  let stage: HostStage;
  beforeAll(async () => {
    stage = await HostStage.open();
    await stage.database.query(
      'CREATE TABLE refund (id int PRIMARY KEY, note text, payout_link_id uuid REFERENCES payout_link (id))',
    );
  });
  afterAll(() => stage.close());

  const rows = () => stage.database.query('SELECT * FROM payout_link');

  it('cannot write an old copy of a link over its state', async () => {
    const { app, service } = await stage.start({
      dataSource: { entities: [...PAYOUT_LINKS_ENTITIES, Refund] },
    });
    await stage.caller.control('webhooks', { drop: 1 });
    const refunds = app.get(DataSource).getRepository(Refund);
    const payoutLink = await service.create(payoutFor('order-1'));
    await refunds.save({ id: 1, note: 'sent', payoutLink });
    const inMemory = await refunds.findOneByOrFail({ id: 1 });

    await stage.claim(payoutLink.providerId, '999999');
    expect(await service.refresh(payoutLink.id)).toMatchObject({ status: 'FAILED' });
    const state = await rows();
    inMemory.note = 'edited in a form that was open for long';
    await refunds.save(inMemory);
    expect(await refunds.findOneByOrFail({ id: 1 })).toMatchObject({ note: inMemory.note });
    expect(await rows()).toEqual(state);
  });

  it('can change the metadata of a link by saving it, and nothing else', async () => {
    const { app, service } = await stage.start({
      dataSource: { entities: [...PAYOUT_LINKS_ENTITIES, Refund] },
    });
    const link = await service.create(payoutFor('order-2'));
    const links = app.get(DataSource).getRepository(PayoutLink);
    const changed = { amount: 1n, email: 'else@example.com', externalId: 'x', providerId: 'y', version: 9 };
    await links.save(
      Object.assign(await links.findOneByOrFail({ id: link.id }), changed, { metadata: { a: 1 } }),
    );
    expect(await service.get(link.id)).toEqual(Object.assign(link, { metadata: { a: 1 } }));
  });

  it('cannot change the history or the inbox by saving either', async () => {
    const { app, service } = await stage.start();
    await stage.caller.control('webhooks', { drop: 0 });
    const link = await service.create(payoutFor('order-3'));
    await stage.claim(link.providerId);
    await until('a delivery is done', async () => (await service.deliveries('PROCESSED')).length > 0);
    const manager = app.get(DataSource).manager;
    const [change] = await service.history(link.id);
    await manager.save(PayoutLinkTransition, Object.assign(change!, { to: 'SUCCEEDED' }));
    const [delivery] = await service.deliveries('PROCESSED');
    await manager.save(PayoutLinkDelivery, Object.assign(delivery!, { status: 'RECEIVED' }));
    expect((await service.history(link.id))[0]).toMatchObject({ to: 'CREATING' });
    expect(await service.deliveries('RECEIVED')).toEqual([]);
  });
});
