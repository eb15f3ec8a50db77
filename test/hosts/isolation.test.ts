import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { HostStage, payoutFor } from './ordinary-host.js';

const LINKS = 40;

describe.each(['serializable', 'repeatable read'])('a host whose database is %s by default', (level) => {
  let stage: HostStage;
  beforeEach(async () => {
    stage = await HostStage.open();
    const [row] = await stage.database.query<{ name: string }>('SELECT current_database() AS name');
    await stage.database.query(`ALTER DATABASE ${row!.name} SET default_transaction_isolation = '${level}'`);
  });
  afterEach(() => stage.close());

  it('creates, reads and settles many links at once without an error', async () => {
    const { service } = await stage.start({ options: { poolSize: 20 } });
    const twice = Array.from({ length: LINKS }, (_, index) => [`order-${index}`, `order-${index}`]).flat();
    const links = await Promise.all(twice.map((externalId) => service.create(payoutFor(externalId))));
    expect(new Set(links.map(({ status }) => status))).toEqual(new Set(['PENDING']));
    expect(await stage.payouts()).toHaveLength(LINKS);
    for (const { id } of await stage.payouts()) await stage.caller.claim(id);
    await stage.caller.advance(1_000);
    await Promise.all([...links, ...links].map(({ id }) => service.refresh(id)));
    await until('every delivery is done', async () => {
      const rows = await stage.database.query<{ status: string }>('SELECT status FROM payout_link_delivery');
      return rows.length === LINKS && rows.every(({ status }) => status === 'PROCESSED');
    });
    const rows = await stage.database.query<{ status: string; count: number }>(
      'SELECT status, count(*)::int AS count FROM payout_link GROUP BY status',
    );
    expect(rows).toEqual([{ status: 'SUCCEEDED', count: LINKS }]);
  });
});
