import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ProviderProxy } from '../support/provider.proxy.js';
import { until } from '../support/until.js';
import { businessDate, outcomeOf, ReconcilerStage } from './reconciler.stage.js';

const today = businessDate();

describe('a run in which something breaks', () => {
  let stage: ReconcilerStage;
  let proxy: ProviderProxy;
  beforeEach(async () => {
    stage = await ReconcilerStage.open();
    proxy = await ProviderProxy.open(stage.sandbox.url);
  });
  afterEach(async () => {
    await proxy.close();
    await stage.close();
  });

  const viaProxy = () => ({ XENDIT_BASE_URL: proxy.url });
  const raise = (table: string, when: string, event: string) =>
    stage.database.query(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF ${when} THEN RAISE 'out of order'; END IF; RETURN NEW; END $$;
      CREATE TRIGGER refuse BEFORE ${event} ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse()`);

  it('gives up its place when the connection that holds its lock is lost; the run after it writes the report', async () => {
    for (let index = 0; index < 5; index += 1) await stage.create(`link-${index}`);
    let release = () => undefined as void;
    const released = new Promise<void>((done) => (release = done));
    proxy.beforeResponse = () => released;
    const first = stage.start(['run', '--json', '--date', today], viaProxy());
    await until('the first reads', () => proxy.passed.length > 0);
    await stage.database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_locks
       WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
         AND classid = hashtext('payout_link_reconciliation')::bit(32)::bigint::oid`,
    );
    const second = stage.start(['run', '--json', '--date', today], viaProxy());
    const { code, runs, stderr } = outcomeOf(await first.ended);
    expect({ code, runs }).toEqual({ code: 1, runs: [] });
    expect(stderr).toContain('no longer belongs to this program');
    release();
    expect(outcomeOf(await second.ended)).toMatchObject({
      code: 0,
      runs: [{ coverage: { open: 5, read: 5 }, footed: true }],
    });
  });

  it('keeps what a job has read although another of its links cannot be written', async () => {
    for (const name of ['good-1', 'broken', 'good-2', 'good-3']) await stage.createAndClaim(name);
    await stage.transfersDone();
    await raise('payout_link', "NEW.external_id = 'broken' AND NEW.status <> OLD.status", 'UPDATE');
    const { code, runs } = await stage.run(['--date', today, '--max-minutes', '0.05']);
    expect({ code, runs }).toMatchObject({
      code: 3,
      runs: [{ coverage: { open: 4, read: 3, unreachableLinks: ['broken'] }, footed: true }],
    });
    const polls = await stage.polls();
    const links = await stage.service.list({ q: 'good' });
    expect(links.items.map(({ providerId }) => polls[providerId!])).toEqual([1, 1, 1]);
  });

  it('reports the dates that were done before the one that failed', async () => {
    await stage.run(['--date', today]);
    await stage.age(2);
    await raise('payout_link_reconciliation_run', `NEW.business_date = '${businessDate(-1)}'`, 'INSERT');
    const { code, exitCode, runs, stderr } = await stage.run();
    expect({ code, exitCode, dates: runs.map(({ date }) => date) }).toEqual({
      code: 1,
      exitCode: 1,
      dates: [businessDate(-2)],
    });
    expect(stderr).toContain('out of order');
  });

  it('ends within its ten seconds although the provider does not respond', async () => {
    await stage.create('waits');
    proxy.beforeResponse = () => new Promise(() => undefined);
    const running = stage.start(['run', '--date', today], viaProxy());
    await until('it reads', () => proxy.passed.length > 0);
    running.child.kill('SIGTERM');
    const { code, stderr } = await running.ended;
    expect(code).toBe(0);
    expect(stderr).not.toContain('by force');
    expect(await stage.database.query('SELECT 1 FROM payout_link_discrepancy')).toEqual([]);
  });

  it('has report wait for a run under way', async () => {
    await stage.create('waits');
    await stage.run(['--date', today]);
    proxy.beforeResponse = () => new Promise(() => undefined);
    const running = stage.start(['run', '--date', today], viaProxy());
    await until('it reads', () => proxy.passed.length > 0);
    const report = stage.start(['report', '--date', today]);
    await until('report waits', () => report.stderr().includes('a run is under way, waiting for it'));
    running.child.kill('SIGKILL');
    // The date is being polled again: there is no report of it until that is done.
    expect((await report.ended).code).toBe(2);
  });
});
