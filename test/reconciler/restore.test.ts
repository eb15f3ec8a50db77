import { join } from 'node:path';
import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PayoutLink } from 'nestjs-payout-links';
import type { TestDatabase } from '../support/database.js';
import { startHost, type Host } from '../support/host.js';
import { businessDate, readCsv, ReconcilerStage } from './reconciler.stage.js';
import { filesOf, expectSameFiles } from './report.files.js';

const yesterday = businessDate(-1);
const today = businessDate();

/** What the provider refuses after the restore, in the order in which it is sent again. */
const REFUSED = ['lost-1', 'lost-2', 'dead-r1'];

describe('a database that was restored from a backup', () => {
  let stage: ReconcilerStage;
  let restored: TestDatabase;
  let host: Host;
  beforeEach(async () => {
    stage = await ReconcilerStage.open();
  });
  afterEach(async () => {
    await host?.close();
    await stage.close();
    await restored?.drop();
  });

  it('gets its lost payouts back by adoption, without a second payment, and keeps what was issued', async () => {
    const refund = (links: Host['service'], externalId: string): Promise<PayoutLink> =>
      links.create({ externalId, amount: 50_000, email: `${externalId}@example.com` });
    await refund(stage.service, 'kept');
    const dead = await stage.createAndClaim('dead', '999999');
    await stage.transfersDone();
    await stage.settled(dead, 'FAILED');
    const backup = async () => {
      await stage.host.close();
      restored = await stage.database.clone();
      const { sandbox, database } = stage;
      Object.assign(stage, { host: await startHost({ databaseUrl: database.url, sandbox }) });
    };
    await backup();
    for (const externalId of ['lost-1', 'lost-2']) await refund(stage.service, externalId);
    await stage.service.reissue(dead.id, { reason: 'the account is open now' });
    await stage.run(['--date', today]);
    await stage.age(1);
    expect(await stage.run()).toMatchObject({ code: 0, runs: [{ date: yesterday, provisional: false }] });
    const issued = join(stage.reportsDir, 'default', yesterday);
    const before = await filesOf(issued);

    // The database is lost, and yesterday's backup restored.
    const env = { DATABASE_URL: restored.url };
    await restored.query("UPDATE payout_link SET created_at = created_at - interval '1 day'");
    await restored.query(
      `UPDATE payout_link_transition SET effective_at = effective_at - interval '1 day',
         recorded_at = recorded_at - interval '1 day'`,
    );
    host = await startHost({ databaseUrl: restored.url, sandbox: stage.sandbox });
    const inTheWay = await stage.run([], env);
    expect(inTheWay).toMatchObject({ code: 4, runs: [] });
    expect(inTheWay.stderr).toContain(`${issued} is sealed, and this database does not know it`);
    expectSameFiles(await filesOf(issued), before);

    const superseded = await stage.run(['--supersede'], env);
    expect(superseded).toMatchObject({ code: 0, runs: [{ date: yesterday, footed: true }] });
    expectSameFiles(await filesOf(`${issued}.superseded-1`), before);
    expect((await readdir(join(stage.reportsDir, 'default'))).toSorted()).toEqual(
      [yesterday, `${yesterday}.superseded-1`, 'index.html'].toSorted(),
    );

    // The same refunds again: the provider refuses them, nothing is paid twice.
    for (const externalId of ['lost-1', 'lost-2'])
      await expect(refund(host.service, externalId)).rejects.toMatchObject({ code: 'DUPLICATE_PAYOUT' });
    await expect(
      host.service.reissue(dead.id, { reason: 'restored', externalId: 'dead-r1' }),
    ).rejects.toMatchObject({ code: 'DUPLICATE_PAYOUT' });
    const reports = async () => {
      const outcome = await stage.run(['--date', today], env);
      expect(outcome).toMatchObject({ code: 0, runs: [{ footed: true }] });
      const set = join(stage.reportsDir, 'default', today);
      const failures = await readCsv(join(set, 'failures.csv'));
      const discrepancies = await readCsv(join(set, 'discrepancies.csv'));
      const open = await readCsv(join(set, 'open-links.csv'));
      return {
        failures: failures.map((row) => [
          row.external_id,
          row.failure_code,
          row.retry,
          row.recommended_action,
        ]),
        discrepancies: discrepancies.map(({ type, external_id }) => [type, external_id]),
        open: open.map(({ external_id }) => external_id),
      };
    };
    const advice = expect.stringContaining('find it there and adopt it; never send it under another id');
    expect(await reports()).toEqual({
      failures: [
        ...REFUSED.map((id) => [id, 'DUPLICATE_PAYOUT_ERROR', 'DO_NOT_RETRY', advice]),
        ['dead', 'REJECTED_BY_CHANNEL', 'DO_NOT_RETRY', 'replaced: see dead-r1'],
      ],
      discrepancies: REFUSED.map((id) => ['DUPLICATE_AT_PROVIDER', id]),
      open: ['kept'],
    });

    // What was issued names them.
    for (const { external_id, provider_id } of await readCsv(
      join(`${issued}.superseded-1`, 'open-links.csv'),
    )) {
      const link = await host.service.getByExternalId(external_id!);
      if (link.providerId === null) await host.service.adopt(link.id, provider_id!);
    }
    expect(await reports()).toEqual({
      failures: [
        ['dead', 'REJECTED_BY_CHANNEL', 'DO_NOT_RETRY', 'replaced: see dead-r1'],
        ...REFUSED.map((id) => [
          id,
          'DUPLICATE_PAYOUT_ERROR',
          'DO_NOT_RETRY',
          'settled: the payout link is PENDING',
        ]),
      ],
      discrepancies: [],
      open: ['kept', ...REFUSED],
    });
    const payouts = (await stage.caller.request('GET', '/_sandbox/payouts')).body as unknown as unknown[];
    expect(payouts).toHaveLength(5);
  });
});
