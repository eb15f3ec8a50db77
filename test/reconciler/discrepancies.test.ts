import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { businessDate, ReconcilerStage, type CsvRow, TIMEZONE } from './reconciler.stage.js';

const today = businessDate();

describe('discrepancies.csv', () => {
  let stage: ReconcilerStage;
  beforeEach(async () => {
    stage = await ReconcilerStage.open();
  });
  afterEach(() => stage.close());

  const found = async (args: string[] = ['--date', today]): Promise<CsvRow[]> => {
    const { runs } = await stage.run(args);
    const result = runs.at(-1)!;
    const rows = await stage.csv(result, 'discrepancies.csv');
    expect(result).toMatchObject({ discrepancies: rows.length, footed: true });
    return rows;
  };
  const typesOf = (rows: CsvRow[]) =>
    rows.map(({ type, external_id }) => `${type} ${external_id}`).toSorted();
  const setProvider = (id: string, values: string) =>
    stage.database.query(`UPDATE payout_link SET ${values} WHERE id = $1`, [id]);

  it('names every discrepancy, with both values and what to do', async () => {
    const dearer = await stage.create('dearer');
    await setProvider(dearer.id, 'amount = 50001');
    const cheaper = await stage.create('cheaper');
    await setProvider(cheaper.id, 'amount = 49999');
    const missing = await stage.create('missing');
    await setProvider(missing.id, "provider_id = 'unknown-there'");
    const regressed = await stage.create('regressed');
    await setProvider(regressed.id, "status = 'REQUESTED'");
    await stage.createAndClaim('new-code', '333333');
    const overdue = await stage.create('overdue');
    await stage.database.query(
      "UPDATE payout_link_transition SET expires_at = now() - interval '2 hours' WHERE payout_link_id = $1",
      [overdue.id],
    );
    await stage.transfersDone();
    const webhook = await fetch(stage.host.webhookUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-callback-token': stage.sandbox.webhookToken },
      body: JSON.stringify({
        event: 'disbursement.completed',
        data: { id: 'p-9', reference_id: 'not-ours', status: 'SUCCEEDED', amount: 77_000 },
      }),
    });
    expect(webhook.status).toBe(200);
    await until('unmatched', async () => (await stage.service.deliveries('UNMATCHED')).length === 1);

    const rows = await found();
    expect(typesOf(rows)).toEqual([
      'AMOUNT_MISMATCH cheaper',
      'AMOUNT_MISMATCH dearer',
      'MISSING_AT_PROVIDER missing',
      'OVERDUE_PENDING overdue',
      'STATUS_REGRESSION regressed',
      'UNKNOWN_FAILURE_CODE new-code',
      'UNMATCHED_WEBHOOK not-ours',
    ]);
    const row = (type: string, externalId: string) =>
      rows.find((one) => one.type === type && one.external_id === externalId)!;
    expect(row('AMOUNT_MISMATCH', 'dearer')).toMatchObject({
      provider_id: dearer.providerId,
      account: 'default',
      local_value: '50001',
      provider_value: '50000',
      amount: '50001',
      currency: 'IDR',
      detected_by: 'POLL',
      timezone: TIMEZONE,
    });
    expect(row('STATUS_REGRESSION', 'regressed')).toMatchObject({
      local_value: 'REQUESTED',
      provider_value: 'PENDING',
    });
    expect(row('UNMATCHED_WEBHOOK', 'not-ours')).toMatchObject({
      provider_id: 'p-9',
      provider_value: 'SUCCEEDED',
      amount: '77000',
      detected_by: 'WEBHOOK',
    });
    for (const { recommended_action } of rows) expect(recommended_action).toMatch(/^.{20,}$/);
  });

  it('shows a condition in every slot at whose end it holds, and an event once', async () => {
    const missing = await stage.create('missing');
    await setProvider(missing.id, "provider_id = 'unknown-there'");
    const paid = await stage.createAndClaim('paid', '654321');
    await stage.transfersDone();
    await stage.settled(paid, 'SUCCEEDED');
    await stage.caller.advance(180_000);
    await stage.settled(paid, 'REVERSED');
    const first = await found();
    expect(typesOf(first)).toEqual(['MISSING_AT_PROVIDER missing', 'REVERSED_AFTER_SUCCESS paid']);

    await stage.age(1);
    expect(typesOf(await found([]))).toEqual(['MISSING_AT_PROVIDER missing', 'REVERSED_AFTER_SUCCESS paid']);
    await stage.age(1);
    const second = await found([]);
    expect(typesOf(second)).toEqual(['MISSING_AT_PROVIDER missing']);
    await setProvider(missing.id, `provider_id = '${missing.providerId}'`);
    await stage.service.refresh(missing.id);
    await stage.age(1);
    expect(typesOf(await found([]))).toEqual([]);
  });

  it('says nothing in a date that was over before the link was created, and loses nothing by that', async () => {
    await stage.create('old');
    await stage.age(1);
    const missing = await stage.create('new-missing');
    await setProvider(missing.id, "provider_id = 'unknown-there', last_read_at = NULL");
    const regressed = await stage.create('new-regressed');
    await setProvider(regressed.id, "status = 'REQUESTED', last_read_at = NULL");
    // Yesterday's run polls them too, and finds both.
    expect(typesOf(await found([]))).toEqual([]);
    expect(await stage.database.query('SELECT 1 FROM payout_link_discrepancy')).toHaveLength(2);
    const ofToday = ['MISSING_AT_PROVIDER new-missing', 'STATUS_REGRESSION new-regressed'];
    expect(typesOf(await found())).toEqual(ofToday);
    await stage.age(1);
    expect(typesOf(await found([]))).toEqual(ofToday);
  });
});
