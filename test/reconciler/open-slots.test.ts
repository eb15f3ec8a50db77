import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { businessDate, ReconcilerStage, TIMEZONE } from './reconciler.stage.js';

const today = businessDate();
const yesterday = businessDate(-1);

/** A time of day some minutes from now; never past midnight, by the choice of the time zone. */
function timeOfDay(minutesFromNow: number): string {
  const at = Date.now() + minutesFromNow * 60_000;
  return new Intl.DateTimeFormat('en-GB', { timeZone: TIMEZONE, hour: '2-digit', minute: '2-digit' }).format(
    at,
  );
}

const BEFORE_SEALING = { RECONCILE_SEAL_AT: timeOfDay(60) };
const AFTER_SEALING = { RECONCILE_SEAL_AT: timeOfDay(-60) };

describe('a run while the provider does not respond', () => {
  let stage: ReconcilerStage;
  beforeEach(async () => {
    stage = await ReconcilerStage.open();
    for (const externalId of ['one', 'two', 'three']) await stage.create(externalId);
    await stage.age(1);
  });
  afterEach(() => stage.close());

  const away = () => stage.caller.control('faults', { route: 'GET /payouts/:id', kind: '500', times: 1_000 });
  const manifest = async () =>
    JSON.parse(
      await readFile(join(stage.reportsDir, 'default', yesterday, 'manifest.json'), 'utf8'),
    ) as object;

  it('leaves the slot open, says why, reads only what is missing later, and then seals it', async () => {
    await stage.run([], BEFORE_SEALING);
    await stage.age(1);
    await stage.caller.control('faults', { route: 'GET /payouts/:id', kind: '500', times: 8 });
    const down = await stage.run(['--date', today], BEFORE_SEALING);
    const missing = down.runs[0]!.coverage.unreachable;
    expect(missing).toBeGreaterThan(0);
    expect(down).toMatchObject({
      code: 3,
      runs: [
        {
          date: yesterday,
          provisional: true,
          incomplete: true,
          footed: true,
          coverage: { open: 3, read: 3 - missing, reasons: { 'http 500': missing } },
        },
      ],
    });
    expect(down.stderr).toContain(`${today} must wait until ${yesterday} is sealed`);
    expect(down.stderr).toContain(`no usable response (http 500 ${missing}); the slot stays open for them`);
    expect(await manifest()).toMatchObject({ provisional: true, incomplete: true });

    // The key is refused: no attempt, nothing is written, and the slot stays open however often.
    const refused = { XENDIT_API_KEY: 'unknown', XENDIT_WEBHOOK_TOKENS: 't' };
    for (let time = 0; time < 4; time += 1) {
      const outcome = await stage.run([], { ...BEFORE_SEALING, ...refused });
      expect(outcome).toMatchObject({ code: 1, runs: [] });
      expect(outcome.stderr).toContain('HTTP 401');
    }
    const attempts = await stage.database.query<{ attempts: number }>(
      "SELECT attempts FROM payout_link_reconciliation_read WHERE outcome IS DISTINCT FROM 'READ'",
    );
    expect(attempts).toEqual(Array.from({ length: missing }, () => ({ attempts: 0 })));

    const before = await stage.polls();
    const recovered = await stage.run([], BEFORE_SEALING);
    expect(recovered).toMatchObject({
      code: 0,
      runs: [
        {
          date: yesterday,
          provisional: false,
          incomplete: false,
          coverage: { open: 3, read: 3, unreachable: 0, reasons: {} },
        },
      ],
    });
    expect(await manifest()).toMatchObject({ provisional: false, incomplete: false });
    const after = await stage.polls();
    const polledAgain = Object.keys(after).filter((id) => after[id] !== before[id]);
    expect(polledAgain).toHaveLength(missing);
    const again = await stage.run(['--date', yesterday], BEFORE_SEALING);
    expect(again.runs).toEqual(recovered.runs);
    expect(await stage.polls()).toEqual(after);
  });

  it('is sealed by the first run after the time of sealing, with what is missing named', async () => {
    await away();
    const late = await stage.run([], AFTER_SEALING);
    expect(late).toMatchObject({
      code: 3,
      runs: [
        {
          provisional: false,
          incomplete: true,
          coverage: { unreachable: 3, unreachableLinks: ['one', 'two', 'three'], reasons: { 'http 500': 3 } },
        },
      ],
    });
    expect(late.stderr).toContain('the slot is sealed without them');
    expect(await manifest()).toMatchObject({ provisional: false, incomplete: true });
    const page = await readFile(join(late.runs[0]!.reportSet, 'report.html'), 'utf8');
    expect(page).toContain('<bdi>two</bdi> (http 500)');
    const polls = await stage.polls();
    expect(await stage.run([], AFTER_SEALING)).toMatchObject({ code: 3, runs: late.runs });
    expect(await stage.polls()).toEqual(polls);
  });

  it('is sealed at once with --seal', async () => {
    await away();
    expect(await stage.run(['--seal'], BEFORE_SEALING)).toMatchObject({
      code: 3,
      runs: [{ provisional: false, incomplete: true }],
    });
  });

  it('counts no watched link: a paid one without a response keeps no slot open', async () => {
    const paid = await stage.createAndClaim('paid');
    await stage.transfersDone();
    await stage.settled(paid, 'SUCCEEDED');
    await stage.run([], BEFORE_SEALING);
    await stage.age(1);
    await stage.database.query("UPDATE payout_link SET last_read_at = now() WHERE status = 'PENDING'");
    await away();
    expect(await stage.run([], BEFORE_SEALING)).toMatchObject({
      code: 0,
      runs: [{ provisional: false, coverage: { open: 0, watched: 0, unreachable: 0 } }],
    });
  });
});

describe('the settings of a run', () => {
  let stage: ReconcilerStage;
  beforeEach(async () => {
    stage = await ReconcilerStage.open();
  });
  afterEach(() => stage.close());

  it('notice a changed time zone, until it is accepted once', async () => {
    await stage.create('waits');
    await stage.run(['--date', today]);
    const changed = { REPORT_TIMEZONE: 'UTC' };
    for (const command of [['run'], ['plan'], ['run', '--dry-run'], ['serve']]) {
      const ended = await stage.start(command, changed).ended;
      expect([command, ended.code, ended.stderr]).toEqual([
        command,
        2,
        expect.stringContaining(
          `REPORT_TIMEZONE is UTC, but the last slot of the account "default" (${today})`,
        ),
      ]);
    }
    expect((await stage.run(['--timezone-changed'], changed)).code).toBe(0);
    expect((await stage.run([], changed)).code).toBe(0);
    expect((await stage.start(['run'], {}).ended).code).toBe(2);
  });

  it('are refused where REPORTS_DIR cannot be made', async () => {
    const ended = await stage.start(['run', '--date', today], { REPORTS_DIR: '/proc/reports' }).ended;
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('no folder can be made there');
    expect(ended.stderr).toContain('Fix REPORTS_DIR, then run again');
  });

  it('recommend no run of a date that cannot be run', async () => {
    const message = async (date: string) => (await stage.start(['report', '--date', date], {}).ended).stderr;
    expect(await message(businessDate(1))).toContain(`${businessDate(1)} has not begun: today is ${today}`);
    expect(await message('2001-01-01')).toContain('2001-01-01 is before');
    expect(await message(yesterday)).toContain(`run it first (reconcile run --date ${yesterday})`);
  });
});
