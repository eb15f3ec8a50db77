import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { OnPayoutLink, PAYOUT_LINKS_MIGRATIONS, type PayoutLinkEvent } from 'nestjs-payout-links';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { until } from '../support/until.js';
import { HostStage, payoutFor } from './ordinary-host.js';

const called: string[] = [];

@Injectable()
class Ledger {
  @OnPayoutLink('succeeded')
  paid({ link }: PayoutLinkEvent): void {
    called.push(link.externalId);
  }
}

describe('a host whose replica lags behind', () => {
  let stage: HostStage;
  /** A replica that has received nothing yet. */
  let replica: TestDatabase;
  beforeEach(async () => {
    called.length = 0;
    stage = await HostStage.open();
    replica = await createTestDatabase(PAYOUT_LINKS_MIGRATIONS);
  });
  afterEach(async () => {
    await stage.close();
    await replica.drop();
  });

  it('finds what it has just created, matches webhooks, and has its handlers called', async () => {
    const { service } = await stage.start({
      providers: [Ledger],
      dataSource: {
        url: undefined,
        replication: { master: { url: stage.database.url }, slaves: [{ url: replica.url }] },
      },
    });
    const link = await service.create(payoutFor('order-1'));
    expect(await service.get(link.id)).toMatchObject({ status: 'PENDING' });
    expect((await service.list()).items).toHaveLength(1);
    await stage.claim(link.providerId);
    await until('the handler was called', () => called.length > 0);
    expect(called).toEqual(['order-1']);
    expect((await service.history(link.id)).at(-1)).toMatchObject({ to: 'SUCCEEDED', source: 'WEBHOOK' });
  });

  it('is called again for a change that cannot be read yet, which is never taken as done', async () => {
    const { service } = await stage.start({ providers: [Ledger] });
    const link = await service.create(payoutFor('order-2'));
    await stage.database.query(
      `INSERT INTO payout_link_outbox (handler, payout_link_id, seq, status, attempts, next_attempt_at, created_at)
       VALUES ('Ledger.paid', $1, 3, 'WAITING', 0, clock_timestamp(), clock_timestamp())`,
      [link.id],
    );
    await until('an attempt failed', async () => {
      const [task] = await stage.database.query<{ last_error: string | null }>(
        'SELECT last_error FROM payout_link_outbox',
      );
      return task?.last_error?.includes('is not in the database');
    });
    expect(called).toEqual([]);
    // What a replica receives later.
    await stage.database.query(
      `INSERT INTO payout_link_transition (payout_link_id, account, seq, to_status, source, effective_at, recorded_at)
       SELECT $1, 'default', 3, 'SUCCEEDED', 'POLL', now(), now()`,
      [link.id],
    );
    await stage.database.query('UPDATE payout_link_outbox SET next_attempt_at = clock_timestamp()');
    await until('the handler was called', () => called.length > 0);
  });
});
