import { appendFile, cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { businessDate, Stage } from './reconciler.stage.js';

const today = businessDate();

describe('the other commands of the reconciler', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  const filesOf = async (folder: string) =>
    Object.fromEntries(
      await Promise.all(
        (await readdir(folder)).map(async (name) => [name, await readFile(join(folder, name), 'utf8')]),
      ),
    ) as Record<string, string>;

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
    expect(dry.stdout).toMatch(/calls\s+3\n\s+minutes\s+1\.5\n/);
    expect(await readdir(stage.reportsDir)).toEqual([]);
    expect(await stage.polls()).toEqual({});
    expect(await stage.database.query('SELECT 1 FROM payout_link_reconciliation_run')).toEqual([]);
  });

  it('run ends with 4 where the totals do not foot, and names the difference, however often it is asked', async () => {
    await stage.create('waits', 70_000);
    await stage.run(['--date', today]);
    await stage.age(1);
    await stage.run();
    // Somebody has been at the books: what was open yesterday is not what its report says.
    await stage.database.query(
      `UPDATE payout_link_reconciliation_run SET closing = '{"IDR": {"count": 2, "amount": "99000"}}'`,
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

  it('report prints an old slot again byte for byte, whatever has happened and been set since', async () => {
    const failing = await stage.createAndClaim('fails', '121212');
    const waiting = await stage.create('waits');
    await stage.transfersDone();
    await stage.run(['--date', today]);
    await stage.age(1);
    const { runs } = await stage.run();
    const { reportSet, date } = runs[0]!;
    const before = await filesOf(reportSet);
    expect(Object.keys(before)).toContain('manifest.json');

    await stage.service.reissue(failing.id, { reason: 'mended', force: true });
    await stage.service.void(waiting.id);
    await stage.create('new');
    await stage.run(['--date', today]);
    await rm(reportSet, { recursive: true });
    const settings = { REPORT_LANGUAGE: 'id', REPORT_TIMEZONE: 'UTC', REPORT_CSV_DELIMITER: ';' };
    const { code, stdout } = await stage.start(['report', '--date', date], settings).ended;
    expect([code, stdout.trim()]).toEqual([0, reportSet]);
    expect(await filesOf(reportSet)).toEqual(before);
    expect((await stage.start(['report', '--date', '2020-01-01'], {}).ended).code).toBe(2);
  });

  it('verify finds the byte that was changed, and what is missing or more', async () => {
    await stage.createAndClaim('fails', '121212');
    await stage.transfersDone();
    const { runs } = await stage.run(['--date', today], { REPORT_CSV_DELIMITER: ';' });
    const { reportSet } = runs[0]!;
    const verify = async (folder: string) => {
      const { code, stdout } = await stage.start(['verify', folder], {}).ended;
      return { code, stdout };
    };
    expect(await verify(reportSet)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('is as it was written'),
    });
    const broken = join(stage.reportsDir, 'broken');
    const spoil = async (work: () => Promise<unknown>) => {
      await rm(broken, { recursive: true, force: true });
      await cp(reportSet, broken, { recursive: true });
      await work();
      return verify(broken);
    };
    const failures = join(broken, 'failures.csv');
    const text = await readFile(join(reportSet, 'failures.csv'), 'utf8');
    expect(await spoil(() => writeFile(failures, text.replace('50000', '50001')))).toMatchObject({
      code: 4,
      stdout: expect.stringMatching(/failures\.csv: its SHA-256[^]*failures\.csv: its sums are .*50001/),
    });
    expect(await spoil(() => appendFile(failures, 'x\r\n'))).toMatchObject({
      code: 4,
      stdout: expect.stringContaining('failures.csv: it has 2 rows, the manifest says 1'),
    });
    expect(await spoil(() => rm(join(broken, 'open-links.csv')))).toMatchObject({
      code: 4,
      stdout: expect.stringContaining('open-links.csv: is missing'),
    });
    expect(await spoil(() => writeFile(join(broken, 'more.csv'), ''))).toMatchObject({
      code: 4,
      stdout: expect.stringContaining('more.csv: is not in the manifest'),
    });
    expect((await verify(stage.reportsDir)).code).toBe(2);
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

  it('serve runs at the time of the schedule, once however many serve', async () => {
    await stage.create('waits');
    await stage.age(1);
    // The looks between nights are another matter.
    await stage.database.query('UPDATE payout_link SET next_check_at = NULL');
    // Every second, so that both tick together.
    const env = { RECONCILE_CRON: '* * * * * *' };
    const servers = [stage.start(['serve'], env), stage.start(['serve'], env)];
    await until('both serve', () => servers.every((server) => server.stdout().includes('serving')), 30_000);
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
    expect(await readdir(join(stage.reportsDir, 'default'))).toEqual([businessDate(-1)]);
  });
});
