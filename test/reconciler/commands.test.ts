import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { businessDate, ReconcilerStage } from './reconciler.stage.js';

const today = businessDate();

describe('the other commands of the reconciler', () => {
  let stage: ReconcilerStage;
  beforeEach(async () => {
    stage = await ReconcilerStage.open();
  });
  afterEach(() => stage.close());

  it('plan, and run --dry-run, say what would be read, in which order, and change nothing', async () => {
    const [first, second] = [await stage.create('later', 10_000), await stage.create('sooner', 20_000)];
    await stage.create('largest', 30_000);
    await stage.database.query(
      "UPDATE payout_link SET expires_at = expires_at - interval '1 day' WHERE id = $1",
      [second.id],
    );
    await stage.database.query("UPDATE payout_link SET expires_at = $1 WHERE external_id = 'largest'", [
      first.expiresAt,
    ]);
    const env = { RECONCILE_RATE_PER_MINUTE: '2' };
    const { code, stdout } = await stage.start(['plan', '--json', '--date', today], env).ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      plans: [
        {
          account: 'default',
          dates: [today],
          calls: 3,
          minutes: 1.5,
          order: [{ externalId: 'sooner' }, { externalId: 'later' }, { externalId: 'largest' }],
        },
      ],
    });
    const dry = await stage.start(['run', '--dry-run', '--date', today], env).ended;
    expect(dry.code).toBe(0);
    expect(dry.stdout).toMatch(/polls\s+3\n\s+minutes\s+1\.5\n/);
    expect(await readdir(stage.reportsDir)).toEqual([]);
    expect(await stage.polls()).toEqual({});
    expect(await stage.database.query('SELECT 1 FROM payout_link_reconciliation_run')).toEqual([]);
  });

  it('read-only commands send nothing: an interrupted create is left to others', async () => {
    await stage.create('settled');
    await stage.run(['--date', today]);
    // Of an account that the stage's own host has no key for.
    await stage.database.query(
      `WITH link AS (
         INSERT INTO payout_link (id, account, external_id, amount, currency, email, status, version, status_at, lease_fence,
           lease_expires_at, polls, chain_id, attempt, created_at, updated_at)
         SELECT id, 'branch', 'interrupted', 50000, 'IDR', 'siti@example.com', 'CREATING', 1, at, 1, at, 0, id, 1, at, at
         FROM gen_random_uuid() AS id, (SELECT clock_timestamp() - interval '2 minutes' AS at) AS begun
         RETURNING *)
       INSERT INTO payout_link_transition (payout_link_id, account, seq, to_status, source, effective_at, recorded_at)
       SELECT id, account, 1, status, 'API', status_at, status_at FROM link`,
    );
    const branch = { apiKey: 'xnd_development_branch', webhookTokens: ['t'] };
    const env = { XENDIT_ACCOUNTS: JSON.stringify({ branch }) };
    const requests = async () => (await stage.caller.request('GET', '/_sandbox/requests')).body;
    const before = await requests();
    for (const args of [['plan'], ['run', '--dry-run'], ['report', '--date', today]]) {
      expect(await stage.start(args, env).ended).toMatchObject({ code: 0 });
    }
    expect(await requests()).toEqual(before);
    await stage.run(['--date', today], env);
    expect(await requests()).not.toEqual(before);
  });

  it('run ends with 4 when the totals do not balance, and names the difference, however often it is run', async () => {
    await stage.create('waits', 70_000);
    await stage.run(['--date', today]);
    await stage.age(1);
    await stage.run();
    // The data were changed: what was open yesterday differs from its report.
    await stage.database.query(
      `UPDATE payout_link_reconciliation_run
       SET roll_forward = '{"IDR": {"closing": {"count": 2, "amount": "99000"}}}'`,
    );
    const first = await stage.run(['--date', today]);
    expect(first).toMatchObject({ code: 4, exitCode: 4, runs: [{ footed: false }] });
    expect(first.stderr).toContain(
      'IDR: closing is 1 links and 70000, opening and changes make 2 and 99000: a difference of -1 and -29000',
    );
    const lines = await stage.csv(first.runs[0]!, 'roll-forward.csv');
    expect(lines.find(({ line }) => line === 'difference')).toMatchObject({ count: '-1', amount: '-29000' });
    await stage.age(1);
    expect((await stage.run()).code).toBe(4);
    expect((await stage.run()).code).toBe(4);
  });

  it('run --max-minutes begins no other date when its time is over', async () => {
    for (let index = 0; index < 4; index += 1) await stage.create(`link-${index}`);
    await stage.run(['--date', today]);
    await stage.age(2);
    const args = ['--max-minutes', '0.02'];
    const outcome = await stage.run(args, { RECONCILE_RATE_PER_MINUTE: '30', RECONCILE_CONCURRENCY: '1' });
    expect(outcome).toMatchObject({ code: 3, runs: [{ date: businessDate(-2), coverage: { open: 4 } }] });
    expect(outcome.runs[0]!.coverage.read).toBeLessThan(4);
    expect(outcome.stderr).toContain(`the time ran out before ${businessDate(-1)}`);
    expect(outcome.runs).toHaveLength(1);
    expect(await stage.run()).toMatchObject({
      code: 0,
      runs: [{ date: businessDate(-1), coverage: { unreachable: 0 } }],
    });
    expect(Object.values(await stage.polls())).toEqual([2, 2, 2, 2]);
  });

  it('run --max-minutes stops, names what was not read, and ends with 3', async () => {
    for (let index = 0; index < 40; index += 1) await stage.create(`link-${index}`);
    const outcome = await stage.run(['--date', today, '--max-minutes', '0.03'], {
      RECONCILE_RATE_PER_MINUTE: '120',
    });
    expect(outcome).toMatchObject({ code: 3, runs: [{ footed: true, coverage: { open: 40 } }] });
    const { read, unreachable, unreachableLinks } = outcome.runs[0]!.coverage;
    expect(read).toBeGreaterThan(0);
    expect(unreachable).toBe(40 - read);
    expect(unreachableLinks).toHaveLength(unreachable);
    expect(Object.keys(await stage.polls())).toHaveLength(read);
  });

  it('watches paid links for a reversal one, three and seven days after', async () => {
    const link = await stage.createAndClaim('paid', '654321');
    await stage.transfersDone();
    await stage.settled(link, 'SUCCEEDED');
    await stage.run(['--date', today]);
    await stage.age(1);
    await stage.run();
    await stage.caller.advance(180_000);
    const before = (await stage.polls())[link.providerId!]!;
    await stage.age(1);
    const [result] = (await stage.run()).runs;
    expect(result).toMatchObject({ coverage: { open: 0, watched: 1 }, footed: true });
    expect((await stage.polls())[link.providerId!]).toBe(before + 1);
    expect(await stage.service.get(link.id)).toMatchObject({ status: 'REVERSED' });
  });

  it('watches dead links for a late success, one, three and seven days after they were replaced', async () => {
    const link = await stage.createAndClaim('dead', '999999');
    await stage.transfersDone();
    await stage.settled(link, 'FAILED');
    const next = await stage.service.reissue(link.id, { reason: 'the account is open now' });
    await stage.service.void(next.id);
    await stage.run(['--date', today]);
    const polled = async () => {
      const before = (await stage.polls())[link.providerId!]!;
      const { runs } = await stage.run();
      return [runs.at(-1)!.coverage, (await stage.polls())[link.providerId!]! - before] as const;
    };
    const times = [];
    for (let day = 1; day <= 9; day += 1) {
      await stage.age(1);
      const [coverage, count] = await polled();
      expect(coverage).toMatchObject({ open: 0, watched: count });
      if (count > 0) times.push(day);
    }
    // Each date ends a day after its links were replaced or, for those replaced on it, within that day.
    expect(times).toEqual([2, 4, 8]);
  });

  it('serve runs at the time of the schedule, once however many serve', async () => {
    await stage.create('waits');
    await stage.age(1);
    // Without the polls between runs.
    await stage.database.query('UPDATE payout_link SET next_poll_at = NULL');
    // Every second, so that both tick together.
    const env = { RECONCILE_CRON: '* * * * * *' };
    const servers = [stage.start(['serve'], env), stage.start(['serve'], env)];
    await until('both serve', () => servers.every((server) => server.stdout().includes('serving')));
    await until('the slot done', async () => {
      const [run] = await stage.database.query<{ status: string }>(
        'SELECT status FROM payout_link_reconciliation_run',
      );
      return run?.status === 'FINISHED';
    });
    for (const server of servers) server.child.kill('SIGTERM');
    const ends = await Promise.all(servers.map((server) => server.ended));
    expect(ends.map(({ code }) => code)).toEqual([0, 0]);
    expect(Object.values(await stage.polls())).toEqual([1]);
    expect(await stage.setsOf()).toEqual([businessDate(-1)]);
  });
});
