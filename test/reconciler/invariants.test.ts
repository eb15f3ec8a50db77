import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { checkInvariants } from '../../apps/reconciler/src/invariants/check-invariants.js';
import { ReconciliationRun } from '../../apps/reconciler/src/slot/reconciliation-run.entity.js';
import { businessDate, ReconcilerStage } from './reconciler.stage.js';

const LINK = (externalId: string) => `(SELECT id FROM payout_link WHERE external_id = '${externalId}')`;

/** A change by hand, and a part of the name of each rule that it breaks. */
const BREAKS: readonly (readonly [change: string, ...rules: string[]])[] = [
  ["UPDATE payout_link SET status = 'REQUESTED' WHERE external_id = 'open'", 'the end of its history'],
  ["UPDATE payout_link SET version = version + 1 WHERE external_id = 'open'", 'the end of its history'],
  [`DELETE FROM payout_link_transition WHERE seq = 2 AND payout_link_id = ${LINK('failed')}`, 'without gaps'],
  [
    `UPDATE payout_link_transition SET from_status = 'UNKNOWN' WHERE seq = 2 AND payout_link_id = ${LINK('open')}`,
    'without gaps',
  ],
  [
    `UPDATE payout_link_transition SET recorded_at = recorded_at - interval '1 hour' WHERE seq = 2 AND payout_link_id = ${LINK('open')}`,
    'in their order',
  ],
  [
    `UPDATE payout_link_transition SET from_status = 'SUCCEEDED', to_status = 'PENDING' WHERE seq = 2 AND payout_link_id = ${LINK('open')}`,
    'without gaps',
    'moves backward',
  ],
  ["UPDATE payout_link SET provider_id = NULL WHERE external_id = 'open'", 'has its id'],
  [
    "UPDATE payout_link SET attempt = 3 WHERE external_id = 'failed-r1'",
    'the chain of the one that it replaces',
  ],
  [
    "UPDATE payout_link SET amount = amount + 1 WHERE external_id = 'failed-r1'",
    'the chain of the one that it replaces',
    'roll-forwards',
  ],
  [
    `UPDATE payout_link_transition SET to_status = 'SUCCEEDED' WHERE payout_link_id = ${LINK('failed')} AND to_status = 'FAILED'`,
    'the end of its history',
    'dead when it was replaced',
    'roll-forwards',
  ],
  [
    `INSERT INTO payout_link_write_off VALUES (${LINK('open')}, 2, 'default', 'why', now())`,
    'a write-off is of a failure',
  ],
  [
    `INSERT INTO payout_link_discrepancy (type, account, payout_link_id, link_version, local_value, provider_value,
       first_seen_at, detected_by) VALUES ('AMOUNT_MISMATCH', 'default', ${LINK('open')}, 9, '', '', now(), 'POLL')`,
    'a discrepancy is of its link',
  ],
  [
    `INSERT INTO payout_link_reissue_plan VALUES (${LINK('open')}, 2, 'default', 'X', 2, 3, now(), now(), NULL, NULL, NULL, now())`,
    'a plan is of a failure',
  ],
  [
    `INSERT INTO payout_link_reissue_plan SELECT payout_link_id, seq, account, coalesce(failure_code, 'X'), 2, 3, now(), now(),
       NULL, NULL, NULL, now() FROM payout_link_transition WHERE payout_link_id = ${LINK('failed')}`,
    'a plan is of a failure',
    'one plan at a time',
  ],
  [
    `INSERT INTO payout_link_outbox (handler, payout_link_id, seq, status, attempts, next_attempt_at, created_at)
     VALUES ('h', ${LINK('open')}, 9, 'DEAD', 1, now(), now())`,
    'a task is of a change',
  ],
  [
    `INSERT INTO payout_link_delivery (account, delivery_key, body, status, attempts, next_attempt_at, received_count, received_at,
       last_received_at) VALUES ('default', 'k', '{}', 'PROCESSED', 1, now(), 1, now(), now())`,
    'a processed delivery',
  ],
  ["UPDATE payout_link SET polls = 0, lease_expires_at = now() WHERE external_id = 'open'", 'has a lease'],
  [
    `UPDATE payout_link_reconciliation_run SET business_date = business_date - 1
     WHERE business_date = (SELECT min(business_date) FROM payout_link_reconciliation_run)`,
    'without gaps',
  ],
  [
    'UPDATE payout_link_reconciliation_run SET manifest_sha256 = NULL WHERE sealed',
    'has a result, its totals',
  ],
  [
    `INSERT INTO payout_link_decision (account, business_date, payout_link_id, word, note, file_sha256, refused, decided_at)
     VALUES ('default', '2020-01-01', ${LINK('failed')}, 'CONTACTED', '', '', false, now())`,
    'a decision is on a link of its account',
  ],
  [
    `INSERT INTO payout_link_reconciliation_read (run_id, payout_link_id, watched, attempts) VALUES (999, ${LINK('open')}, false, 0)`,
    'a read of a slot',
  ],
  [
    `INSERT INTO payout_link_report_delivery (account, event, resent, target, state, message_id, content, attempts, lease_fence, created_at)
     VALUES ('default', 'slot', false, 't', 'DELIVERED', gen_random_uuid(), '{}', 1, 0, now())`,
    'a delivered report',
  ],
  [
    `DELETE FROM payout_link_transition WHERE payout_link_id = ${LINK('paid')} AND to_status = 'SUCCEEDED'`,
    'the end of its history',
    'roll-forwards',
  ],
];

describe('invariants', () => {
  let stage: ReconcilerStage;
  beforeAll(async () => {
    stage = await ReconcilerStage.open();
    await stage.createAndClaim('paid');
    const failed = await stage.createAndClaim('failed', '121212');
    await stage.create('open');
    await stage.transfersDone();
    await stage.run(['--date', businessDate()]);
    await stage.service.reissue(failed.id, { reason: 'confirmed', force: true });
    await stage.age(2);
    await stage.run();
  });
  afterAll(() => stage.close());

  it('hold in a database that only the programs wrote to, and the command says so', async () => {
    const sealed = await stage.database.query('SELECT 1 FROM payout_link_reconciliation_run WHERE sealed');
    expect(sealed.length).toBeGreaterThan(1);
    const { code, stdout } = await stage.start(['invariants']).ended;
    expect([code, stdout]).toEqual([0, expect.stringMatching(/every rule holds\n$/)]);
    expect(stdout).not.toContain('BROKEN');
  });

  it.each(BREAKS.map(([change, ...rules]) => [rules.join(' and '), change, rules] as const))(
    'find what breaks the rule of %s',
    async (_, change, rules) => {
      const copy = await stage.database.clone();
      await copy.query(change);
      const dataSource = await new DataSource({
        type: 'postgres',
        url: copy.url,
        entities: [ReconciliationRun],
      }).initialize();
      const broken: string[] = [];
      for await (const rule of checkInvariants(dataSource))
        if (rule.broken.length > 0) broken.push(rule.name);
      await dataSource.destroy();
      await copy.drop();
      for (const rule of rules) expect(broken.join('\n')).toContain(rule);
    },
  );

  it('that are broken end the command with 4, and name the rows', async () => {
    const copy = await stage.database.clone();
    await copy.query("UPDATE payout_link SET status = 'REQUESTED' WHERE external_id = 'open'");
    const { code, stdout } = await stage.start(['invariants'], { DATABASE_URL: copy.url }).ended;
    expect([code, stdout]).toEqual([
      4,
      expect.stringMatching(/BROKEN {3}a link has the status[^\n]*\n {11}[\da-f-]{36}/),
    ]);
    await copy.drop();
  });
});
