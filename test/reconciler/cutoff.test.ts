import { CUTOFF_LOCK } from 'nestjs-payout-links/unstable';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startHost, type Host } from '../support/host.js';
import { ProviderProxy } from '../support/provider.proxy.js';
import { until } from '../support/until.js';
import { Histories, providerIdOf, type LinkHistory } from './histories.js';
import { outcomeOf, readCsv, ReconcilerStage, type RunResult } from './reconciler.stage.js';

const HOUR = 3_600_000;

/** It is about noon in the time zone of the reports, so that no midnight comes while a test runs. */
const hoursToNoon = 12 - new Date().getUTCHours();
const TIMEZONE = hoursToNoon === 0 ? 'UTC' : `Etc/GMT${hoursToNoon > 0 ? '-' : '+'}${Math.abs(hoursToNoon)}`;
const NOON = Math.floor(Date.now() / HOUR) * HOUR;
/** An hour of yesterday in that time zone. */
const yesterdayAt = (hour: number) => new Date(NOON - 24 * HOUR + (hour - 12) * HOUR);
const YESTERDAY = new Date(yesterdayAt(12).getTime() + hoursToNoon * HOUR).toISOString().slice(0, 10);

const failedYesterday = (externalId: string): LinkHistory => ({
  account: 'default',
  externalId,
  amount: 50_000n,
  email: `${externalId}@example.com`,
  changes: [
    { to: 'CREATING', recordedAt: yesterdayAt(9) },
    { to: 'PENDING', recordedAt: yesterdayAt(9) },
    { to: 'FAILED', recordedAt: yesterdayAt(10), failureCode: 'TEMPORARY_TRANSFER_ERROR' },
  ],
});

describe('the closing of a slot', () => {
  let stage: ReconcilerStage;
  let proxy: ProviderProxy;
  let host: Host;
  let holder: pg.Client;
  beforeEach(async () => {
    stage = await ReconcilerStage.open();
    proxy = await ProviderProxy.open(stage.sandbox.url);
    // Both were paid after all, yesterday: links that no run polls, because their status is final here.
    proxy.respondTo = async ({ path }) => {
      const id = path.split('/').at(-1)!;
      const body = {
        id,
        external_id: id.slice(providerIdOf('').length),
        amount: 50_000,
        status: 'SUCCEEDED',
        completed_timestamp: yesterdayAt(11).toISOString(),
      };
      return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    };
    host = await startHost({
      databaseUrl: stage.database.url,
      sandbox: { ...stage.sandbox, url: proxy.url },
    });
    holder = new pg.Client({ connectionString: stage.database.url });
    await holder.connect();
  });
  afterEach(async () => {
    await holder.end();
    await host.close();
    await proxy.close();
    await stage.close();
  });

  it('waits for a change that commits late, and leaves one that begins meanwhile to the next slot', async () => {
    await new Histories(stage.database).record(
      [failedYesterday('commits-late'), failedYesterday('begins-late')],
      new Date(),
    );
    await holder.query('BEGIN');
    await holder.query("SELECT FROM payout_link WHERE external_id = 'commits-late' FOR UPDATE");

    const commitsLate = host.service.refresh((await byExternalId('commits-late')).id);
    await until('the first change holds the cutoff lock and waits for its row', () =>
      anyLock("mode = 'ShareLock' AND granted AND wait_event_type = 'Lock'"),
    );
    const run = stage.start(['run', '--json', '--date', YESTERDAY], { REPORT_TIMEZONE: TIMEZONE });
    await until('the closing waits for the first change', () =>
      anyLock("mode = 'ExclusiveLock' AND NOT granted"),
    );
    expect(await slot()).toEqual({ status: 'RUNNING', asOf: null });
    const beginsLate = host.service.refresh((await byExternalId('begins-late')).id);
    await until('the second change waits for the closing', () =>
      anyLock("mode = 'ShareLock' AND NOT granted"),
    );
    expect(await slot()).toEqual({ status: 'RUNNING', asOf: null });
    await holder.query('COMMIT');

    expect(await commitsLate).toMatchObject({ status: 'SUCCEEDED' });
    expect(await beginsLate).toMatchObject({ status: 'SUCCEEDED' });
    const { code, runs } = outcomeOf(await run.ended);
    expect([code, runs.length]).toEqual([0, 1]);
    const { asOf } = await slot();
    expect((await paid('commits-late')).recordedAt <= asOf!).toBe(true);
    expect((await paid('begins-late')).recordedAt > asOf!).toBe(true);
    for (const externalId of ['commits-late', 'begins-late'])
      expect((await paid(externalId)).effectiveAt).toEqual(yesterdayAt(11));
    expect(await failures(runs[0]!)).toEqual({ 'commits-late': 'SETTLED', 'begins-late': 'NEW' });
    expect(await lines(runs[0]!)).toMatchObject({
      failed: '2',
      reopened: '1',
      succeeded: '1',
      difference: '0',
    });

    await stage.age(1);
    const next = await stage.run([], { REPORT_TIMEZONE: TIMEZONE });
    expect(next).toMatchObject({ code: 0, runs: [{ date: YESTERDAY, footed: true }] });
    expect(await failures(next.runs[0]!)).toEqual({ 'begins-late': 'SETTLED' });
    expect(await lines(next.runs[0]!)).toMatchObject({
      failed: '0',
      reopened: '1',
      succeeded: '1',
      difference: '0',
    });
  });

  const byExternalId = (externalId: string) => host.service.getByExternalId(externalId);

  /** Whether the cutoff lock is held or waited for in this way. */
  async function anyLock(condition: string): Promise<boolean> {
    const rows = await stage.database.query(
      `SELECT FROM pg_locks JOIN pg_stat_activity activity USING (pid)
       WHERE locktype = 'advisory' AND activity.datname = current_database()
         AND classid = hashtext('${CUTOFF_LOCK}')::oid AND objid = hashtext('default')::oid AND ${condition}`,
    );
    return rows.length > 0;
  }

  async function slot(): Promise<{ status: string; asOf: Date | null }> {
    const rows = await stage.database.query<{ status: string; asOf: Date | null }>(
      'SELECT status, as_of AS "asOf" FROM payout_link_reconciliation_run',
    );
    expect(rows).toHaveLength(1);
    return rows[0]!;
  }

  async function paid(externalId: string): Promise<{ recordedAt: Date; effectiveAt: Date }> {
    const rows = await stage.database.query<{ recordedAt: Date; effectiveAt: Date }>(
      `SELECT recorded_at AS "recordedAt", effective_at AS "effectiveAt"
       FROM payout_link_transition JOIN payout_link link ON link.id = payout_link_id
       WHERE link.external_id = $1 AND to_status = 'SUCCEEDED'`,
      [externalId],
    );
    return rows[0]!;
  }

  async function failures({ reportSet }: RunResult): Promise<Record<string, string>> {
    const rows = await readCsv(join(reportSet, 'failures.csv'));
    return Object.fromEntries(rows.map(({ external_id, change }) => [external_id!, change!]));
  }

  async function lines({ reportSet }: RunResult): Promise<Record<string, string>> {
    const rows = await readCsv(join(reportSet, 'roll-forward.csv'));
    return Object.fromEntries(rows.map(({ line, count }) => [line!, count!]));
  }
});
