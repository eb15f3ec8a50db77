import { randomInt } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PayoutLink } from 'nestjs-payout-links';
import { businessDate, readCsv, ReconcilerStage } from '../reconciler/reconciler.stage.js';
import { startHost, type Host } from '../support/host.js';
import type { Running } from '../support/programs.js';
import { ProviderProxy } from '../support/provider.proxy.js';
import { until } from '../support/until.js';
import { report } from './size.js';

const ROUNDS = 100;
/** All races take place within this time. */
const WITHIN_MS = 2_000;

describe('automatic reissue in two processes, raced', () => {
  let stage: ReconcilerStage;
  let proxy: ProviderProxy;
  let host: Host;
  const serving: Running[] = [];
  /** Links that the provider has paid after all, by its ids. */
  const paid = new Set<string>();
  beforeEach(async () => {
    paid.clear();
    stage = await ReconcilerStage.open({ rateLimit: 1_000_000 });
    proxy = await ProviderProxy.open(stage.sandbox.url);
    proxy.respondTo = async ({ method, path }, forward) => {
      const response = await forward();
      const id = /^\/payouts\/([\w-]+)$/.exec(path)?.[1];
      if (method !== 'GET' || id === undefined || !paid.has(id)) return response;
      const { failure_reason: _, ...body } = JSON.parse(response.body) as Record<string, unknown>;
      return { ...response, body: JSON.stringify({ ...body, status: 'SUCCEEDED' }) };
    };
    host = await startHost({
      databaseUrl: stage.database.url,
      sandbox: stage.sandbox,
      options: { baseUrl: proxy.url },
    });
  });
  afterEach(async () => {
    for (const { child } of serving) child.kill('SIGKILL');
    await Promise.all(serving.splice(0).map(({ ended }) => ended));
    await host.close();
    await proxy.close();
    await stage.close();
  });

  /** Links whose failure is planned, and long enough ago to be sent again. */
  const planned = async (): Promise<PayoutLink[]> => {
    const links: PayoutLink[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const link = await host.service.create({
        externalId: `race-${round}`,
        amount: 50_000,
        email: `person-${round}@example.com`,
      });
      await stage.caller.claim(link.providerId!, '123456');
      links.push(link);
    }
    await stage.transfersDone();
    const failed = await Promise.all(links.map(({ id }) => host.service.refresh(id)));
    expect(failed.every(({ status }) => status === 'FAILED')).toBe(true);
    const env = { AUTO_REISSUE: '{}', XENDIT_BASE_URL: proxy.url, LOG_LEVEL: 'warn' };
    serving.push(stage.start(['serve'], env), stage.start(['serve'], env));
    await until('every failure is planned', async () => {
      const rows = await stage.database.query('SELECT 1 FROM payout_link_reissue_plan');
      return rows.length === ROUNDS;
    });
    await stage.database.query(
      `UPDATE payout_link_transition SET occurred_at = occurred_at - interval '2 hours',
         effective_at = effective_at - interval '2 hours', recorded_at = recorded_at - interval '2 hours'`,
    );
    return failed;
  };
  /** All plans are due at some moment soon, and `race` is called for each link at another. */
  const raceAll = async (links: readonly PayoutLink[], race: (link: PayoutLink) => Promise<unknown>) => {
    await stage.database.query(
      `UPDATE payout_link_reissue_plan SET next_attempt_at = now() + random() * interval '${WITHIN_MS} milliseconds'`,
    );
    await Promise.all(
      links.map(async (link) => {
        await wait(randomInt(0, WITHIN_MS));
        await race(link);
      }),
    );
    await ended();
  };
  const ended = () =>
    until('every plan has ended', async () => {
      const [row] = await stage.database.query<{ waiting: number }>(
        'SELECT count(*)::int AS waiting FROM payout_link_reissue_plan WHERE ended_at IS NULL',
      );
      if (row!.waiting === 0) return true;
      await stage.database.query(
        'UPDATE payout_link_reissue_plan SET next_attempt_at = now() WHERE ended_at IS NULL AND reason IS NOT NULL',
      );
      return false;
    });
  const verify = async (race: string) => {
    await until('what is not needed is void', async () => {
      const twice = await stage.database.query(
        `SELECT chain_id FROM payout_link
         WHERE status IN ('CREATING', 'UNCONFIRMED', 'PENDING', 'REQUESTED', 'UNKNOWN', 'SUCCEEDED')
         GROUP BY chain_id HAVING count(*) > 1`,
      );
      return twice.length === 0;
    });
    const afterSuccess = await stage.database.query(
      `SELECT next.external_id FROM payout_link next
       JOIN payout_link_transition born ON born.payout_link_id = next.id AND born.seq = 1
       JOIN payout_link_transition paid ON paid.payout_link_id = next.reissue_of AND paid.to_status = 'SUCCEEDED'
       WHERE paid.recorded_at < born.recorded_at`,
    );
    expect(afterSuccess).toEqual([]);
    const payouts = (await stage.caller.request('GET', '/_sandbox/payouts')).body as unknown as {
      external_id: string;
    }[];
    expect(new Set(payouts.map(({ external_id }) => external_id)).size).toBe(payouts.length);
    expect(payouts.filter(({ external_id }) => /-r[2-9]/.test(external_id))).toEqual([]);
    const outcomes = await stage.database.query<{ outcome: string; count: number }>(
      'SELECT outcome, count(*)::int AS count FROM payout_link_reissue_plan GROUP BY outcome ORDER BY outcome',
    );
    report(`automatic reissue against ${race}`, {
      rounds: ROUNDS,
      ...Object.fromEntries(outcomes.map(({ outcome, count }) => [outcome.toLowerCase(), count])),
      successors: payouts.length - ROUNDS,
    });
    return Object.fromEntries(outcomes.map(({ outcome, count }) => [outcome, count]));
  };

  it('against an operator’s reissue: one new link of each', async () => {
    const links = await planned();
    await raceAll(links, ({ id }) => host.service.reissue(id, { reason: 'by hand' }).catch(() => null));
    const outcomes = await verify('an operator');
    expect((outcomes.SENT ?? 0) + (outcomes.REFUSED ?? 0)).toBe(ROUNDS);
    expect(await stage.database.query('SELECT 1 FROM payout_link WHERE reissue_of IS NOT NULL')).toHaveLength(
      ROUNDS,
    );
  });

  it('against decide: one new link of each, and the result file says who sent it', async () => {
    await planned();
    const { runs } = await stage.run(['--date', businessDate()], { XENDIT_BASE_URL: proxy.url });
    const file = join(runs[0]!.reportSet, 'failures.csv');
    const [header, ...lines] = (await readFile(file, 'utf8')).trimEnd().split('\r\n');
    const at = header!.split(',').indexOf('decision');
    const decided = lines.map((line) => {
      const cells = line.split(',');
      cells[at] = 'RETRY';
      return cells.join(',');
    });
    await writeFile(file, [header, ...decided].join('\r\n'));
    await stage.database.query(
      `UPDATE payout_link_reissue_plan SET next_attempt_at = now() + interval '1500 milliseconds' + random() * interval '3 seconds'`,
    );
    const { code, stderr } = await stage.start(['decide', file], { XENDIT_BASE_URL: proxy.url }).ended;
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('Error')]);
    await ended();
    await verify('decide');
    const results = await readCsv(join(runs[0]!.reportSet, 'failures-result.csv'));
    const successors = await stage.database.query<{ reissue_reason: string }>(
      'SELECT reissue_reason FROM payout_link WHERE reissue_of IS NOT NULL',
    );
    expect(successors).toHaveLength(ROUNDS);
    expect(results.filter(({ result }) => result === 'REISSUED')).toHaveLength(
      successors.filter(({ reissue_reason }) => reissue_reason.startsWith('decided in')).length,
    );
  });

  it('against a late success that a read finds: nothing is sent once it is known', async () => {
    const links = await planned();
    await raceAll(links, async ({ id, providerId }) => {
      paid.add(providerId!);
      await host.service.refresh(id);
    });
    await verify('a late success');
  });

  it('against a late webhook: nothing is sent once it is known, and nothing while it waits', async () => {
    const links = await planned();
    await raceAll(links, async ({ providerId, externalId }) => {
      paid.add(providerId!);
      await fetch(host.webhookUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-callback-token': stage.sandbox.webhookToken },
        body: JSON.stringify({
          event: 'disbursement.completed',
          data: { id: providerId, reference_id: externalId, amount: 50_000, status: 'SUCCEEDED' },
        }),
      });
    });
    await until('every delivery is processed', async () => {
      const rows = await stage.database.query(
        "SELECT 1 FROM payout_link_delivery WHERE status = 'PROCESSED'",
      );
      return rows.length === ROUNDS;
    });
    await verify('a late webhook');
  });
});
