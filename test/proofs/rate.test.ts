import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { businessDate, outcomeOf, ReconcilerStage } from '../reconciler/reconciler.stage.js';
import { ProviderProxy } from '../support/provider.proxy.js';
import { until } from '../support/until.js';
import { end, openStage, prepare } from './reconciliation.js';
import { FULL, report, size } from './size.js';

const today = businessDate();

describe('a reconciliation', () => {
  let stage: ReconcilerStage;
  beforeEach(async () => {
    stage = await openStage();
  });
  afterEach(() => stage.close());

  it(
    'of two workers uses the rate that the provider allows, and never goes over it',
    async () => {
      // Half the rate in every test run: it shares two cores with other suites there.
      const [links, perMinute] = [size(2_000, 10_000), size(3_000, 6_000)];
      await prepare(stage, links);
      const proxy = await ProviderProxy.open(stage.sandbox.url);
      const env = { XENDIT_BASE_URL: proxy.url, RECONCILE_RATE_PER_MINUTE: String(perMinute) };
      const workers = [stage.start(['worker'], env)];
      try {
        await until('it works', () => workers[0]!.stdout().includes('working'));
        const outcome = outcomeOf(await stage.start(['run', '--json', '--date', today], env).ended);
        expect(outcome).toMatchObject({ code: 0, runs: [{ coverage: { open: links, read: links } }] });
        const [time] = await stage.database.query<{ seconds: number }>(
          `SELECT extract(epoch FROM max(read_at) - min(read_at))::float8 AS seconds
           FROM payout_link_reconciliation_read WHERE outcome IS NOT NULL`,
        );
        const share = links / (time!.seconds * (perMinute / 60));
        report('rate', { links, seconds: time!.seconds.toFixed(1), shareOfRate: share.toFixed(3) });
        expect(proxy.statuses.get(429)).toBeUndefined();
        expect(share).toBeGreaterThanOrEqual(0.97);
        expect(share).toBeLessThanOrEqual(1);
      } finally {
        await end(workers);
        await proxy.close();
      }
    },
    size(300_000, 400_000),
  );

  it(
    'with the rate set twice too high obeys the provider’s headers and reads everything',
    async () => {
      const links = size(60, 7_000);
      await prepare(stage, links);
      const proxy = await ProviderProxy.open(stage.sandbox.url);
      try {
        if (!FULL)
          await stage.caller.control('faults', { route: 'GET /payouts/:id', kind: '429', times: 6, ms: 700 });
        const env = { XENDIT_BASE_URL: proxy.url, RECONCILE_RATE_PER_MINUTE: '12000' };
        const outcome = outcomeOf(await stage.start(['run', '--json', '--date', today], env).ended);
        expect(outcome).toMatchObject({ code: 0, runs: [{ coverage: { open: links, read: links } }] });
        report('rate twice too high', { links, responded429: proxy.statuses.get(429) ?? 0 });
        if (!FULL) expect(proxy.statuses.get(429)).toBeGreaterThan(0);
      } finally {
        await proxy.close();
      }
    },
    size(300_000, 400_000),
  );
});
