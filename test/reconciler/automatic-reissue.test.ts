import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PayoutLink } from 'nestjs-payout-links';
import { until } from '../support/until.js';
import { businessDate, ReconcilerStage, type CsvRow, type RunResult } from './reconciler.stage.js';

describe('automatic reissue by serve', () => {
  let stage: ReconcilerStage;
  beforeEach(async () => {
    stage = await ReconcilerStage.open();
  });
  afterEach(() => stage.close());

  const failed = async (externalId: string, accountNumber = '123456'): Promise<PayoutLink> => {
    const link = await stage.createAndClaim(externalId, accountNumber);
    await stage.transfersDone();
    return stage.service.refresh(link.id);
  };
  /** Runs `serve` until a condition holds. */
  const serving = async (autoReissue: object, what: string, holds: () => Promise<boolean>) => {
    const serve = stage.start(['serve'], { AUTO_REISSUE: JSON.stringify(autoReissue) });
    try {
      await until(what, holds);
    } finally {
      serve.child.kill('SIGTERM');
    }
    expect((await serve.ended).code).toBe(0);
  };
  const plans = async (condition = 'true') =>
    (await stage.database.query(`SELECT 1 FROM payout_link_reissue_plan WHERE ${condition}`)).length;
  const rowsOf = async (result: RunResult): Promise<Record<string, CsvRow>> =>
    Object.fromEntries((await stage.csv(result, 'failures.csv')).map((row) => [row.external_id, row]));
  const provisional = async (env: Record<string, string> = {}) => {
    const { runs, code } = await stage.run(['--date', businessDate()], env);
    expect(code).toBe(0);
    return runs.at(-1)!;
  };

  it('is what failures.csv says of the plans that stood, and a set printed later says the same', async () => {
    const order = await failed('order');
    await failed('wrong', '121212');
    await serving({ maxAttempts: 2 }, 'the failure is planned', async () => (await plans()) === 1);
    // Not what is configured counts, but what is planned.
    const planned = await rowsOf(await provisional({ AUTO_REISSUE: '{"maxAttempts":5}' }));
    expect(planned.order).toMatchObject({
      change: 'NEW',
      owner: 'NOBODY',
      retry: 'RETRY_LATER',
      recommended_action: `retried automatically after ${planned.order!.retry_not_before} (attempt 2 of 2)`,
    });
    expect(planned.wrong).toMatchObject({ owner: 'RECIPIENT' });
    const indonesian = await provisional({ REPORT_LANGUAGE: 'id' });
    expect((await rowsOf(indonesian)).order!.recommended_action).toMatch(
      /^dikirim ulang otomatis setelah \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(percobaan 2 dari 2\)$/,
    );
    expect(await readFile(join(indonesian.reportSet, 'report.html'), 'utf8')).toContain(
      'dikirim ulang otomatis<',
    );

    await stage.age(1);
    const sealed = (await stage.run()).runs[0]!;
    const issued = await readFile(join(sealed.reportSet, 'failures.csv'));
    expect(issued.toString()).toContain('(attempt 2 of 2)');

    // The plan is due since yesterday, and carried out however late.
    await serving({}, 'it is sent', async () => (await plans("outcome = 'SENT'")) === 1);
    const next = await stage.service.getByExternalId('order-r1');
    await stage.caller.claim(next.providerId!, '123456');
    await stage.transfersDone();
    await stage.service.refresh(next.id);
    const after = await rowsOf(await provisional());
    expect(after.order).toMatchObject({ change: 'REPLACED', replaced_by: 'order-r1', owner: 'NOBODY' });
    expect(after['order-r1']).toMatchObject({
      change: 'NEW',
      attempt: '2',
      owner: 'RECIPIENT',
      recommended_action: expect.stringMatching(/^automatic retries are used up: Retry /),
    });

    await rm(sealed.reportSet, { recursive: true });
    expect((await stage.start(['report', '--date', sealed.date]).ended).code).toBe(0);
    expect(await readFile(join(sealed.reportSet, 'failures.csv'))).toEqual(issued);
    expect(order.id).toBe(next.reissueOf);
  });

  it('is not said of a plan that was cancelled, and no other command acts on it', async () => {
    const link = await failed('order');
    await provisional({ AUTO_REISSUE: '{}' });
    expect(await plans()).toBe(0);
    await serving({}, 'the failure is planned', async () => (await plans()) === 1);
    await stage.service.cancelReissuePlan(link.id, { reason: 'paid in cash' });
    const rows = await rowsOf(await provisional());
    expect(rows.order!.recommended_action).not.toContain('automatic');
  });

  it('ends with 2 and what is wrong for a bad AUTO_REISSUE', async () => {
    const { code, stderr } = await stage.start(['serve'], { AUTO_REISSUE: '{"codes":["TRANSFER_ERROR"]}' })
      .ended;
    expect(code).toBe(2);
    expect(stderr).toContain(
      'AUTO_REISSUE: TRANSFER_ERROR cannot be sent again automatically: its owner is DEVELOPER',
    );
  });
});

describe('an imported link', () => {
  let stage: ReconcilerStage;
  beforeEach(async () => {
    stage = await ReconcilerStage.open();
  });
  afterEach(() => stage.close());

  it('is created by its import, and history when it was final by then', async () => {
    const made = async (externalId: string, accountNumber?: string) => {
      const { id } = await stage.caller.create({ external_id: externalId, amount: 50_000 });
      if (accountNumber) await stage.caller.claim(id, accountNumber);
      await stage.caller.advance(1_000);
      return stage.service.importLink({ providerId: id });
    };
    const open = await made('open');
    await made('paid', '1234567890');
    await made('dead', '999999');
    const returned = await made('returned', '654321');
    expect(returned.status).toBe('SUCCEEDED');
    const run = async () => {
      const { runs, code } = await stage.run(['--date', businessDate()]);
      expect(code).toBe(0);
      const lines = await stage.csv(runs[0]!, 'roll-forward.csv');
      const counts = Object.fromEntries(lines.map(({ line, count }) => [line, Number(count)]));
      return { counts, failures: (await stage.csv(runs[0]!, 'failures.csv')).map((row) => row.external_id) };
    };
    expect(await run()).toMatchObject({
      counts: { created: 4, succeeded: 2, failed: 1, closing: 1, failures_new: 0, failures_closing: 0 },
      failures: [],
    });
    // From now on they are links as any other; a reversal of what was final at import stays a discrepancy alone.
    await stage.caller.claim(open.providerId!, '121212');
    await stage.caller.advance(180_000);
    await stage.service.refresh(returned.id);
    expect(await run()).toMatchObject({
      counts: {
        created: 4,
        succeeded: 2,
        reversed: 1,
        failed: 2,
        closing: 0,
        failures_new: 1,
        failures_closing: 1,
      },
      failures: ['open'],
    });
  });
});
