import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { OnPayoutLink, type PayoutLinkEvent } from 'nestjs-payout-links';
import { describeWithPgBouncer, PgBouncer } from '../support/pgbouncer.js';
import { start } from '../support/programs.js';
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

describeWithPgBouncer('behind PgBouncer', () => {
  let stage: HostStage;
  let pooler: PgBouncer | undefined;
  let reportsDir: string;
  beforeEach(async () => {
    called.length = 0;
    reportsDir = await mkdtemp(join(tmpdir(), 'reports-'));
    stage = await HostStage.open();
  });
  afterEach(async () => {
    await pooler?.close();
    await stage.close();
    await rm(reportsDir, { recursive: true });
  });

  const reconcile = (databaseUrl: string) =>
    start('reconciler', ['run', '--json'], {
      DATABASE_URL: databaseUrl,
      XENDIT_API_KEY: stage.sandbox.apiKey,
      XENDIT_WEBHOOK_TOKENS: stage.sandbox.webhookToken,
      XENDIT_BASE_URL: stage.sandbox.url,
      REPORTS_DIR: reportsDir,
    }).ended;
  const locks = () =>
    stage.database.query(
      "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    );

  it('in transaction mode the module works: creates, webhooks and handlers', async () => {
    pooler = await PgBouncer.before(stage.database.url, 'transaction');
    const { service } = await stage.start({ providers: [Ledger], dataSource: { url: pooler.url } });
    const links = await Promise.all(
      Array.from({ length: 30 }, (_, index) => service.create(payoutFor(`order-${index}`))),
    );
    for (const { providerId } of links) await stage.caller.claim(providerId!);
    await stage.caller.advance(1_000);
    await until('every handler was called', () => called.length === links.length);
    expect((await service.list({ status: 'SUCCEEDED' })).items).toHaveLength(links.length);
  });

  it('in transaction mode the reconciler reports it, ends with 2, and leaves no lock', async () => {
    pooler = await PgBouncer.before(stage.database.url, 'transaction');
    for (const _ of [1, 2]) {
      const { code, stdout, stderr } = await reconcile(pooler.url);
      expect([code, JSON.parse(stdout)]).toEqual([2, { runs: [], exitCode: 2 }]);
      expect(stderr).toContain('DATABASE_URL leads to a connection pooler in transaction mode');
      expect(stderr).toContain('Use the address of the database itself');
    }
    expect(await locks()).toEqual([]);
    expect((await reconcile(stage.database.url)).code).toBe(0);
  });
});
