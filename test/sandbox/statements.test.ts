import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { startSandbox, type Sandbox } from 'payout-links-sandbox';
import { basic, SandboxCaller } from './sandbox.caller.js';

type Transaction = Record<string, unknown> & { id: string };
type Page = { has_more: boolean; data: Transaction[]; links: { href: string }[] };
type Row = Record<string, string>;

const DAY_MS = 86_400_000;

describe('the statements of the sandbox', () => {
  let sandbox: Sandbox;
  let caller: SandboxCaller;
  beforeAll(async () => {
    sandbox = await startSandbox();
    caller = new SandboxCaller(sandbox);
  });
  beforeEach(() => caller.control('reset', {}));
  afterAll(() => sandbox.close());

  const transactions = async (query = ''): Promise<Page> =>
    (await caller.request('GET', `/transactions${query}`)).body as unknown as Page;
  const plant = async (body: object) => (await caller.control('transactions', body)) as Transaction;
  const balance = async () => Number((await caller.request('GET', '/balance')).body.balance);
  const claimed = async (externalId: string, accountNumber?: string) => {
    const { id } = await caller.create({ external_id: externalId });
    return caller.claim(id, accountNumber);
  };
  const request = async (fields: object = {}) => {
    const now = Date.parse(await caller.advance(0));
    const filter = { from: new Date(now - DAY_MS).toISOString(), to: new Date(now + DAY_MS).toISOString() };
    return caller.post('/reports', { type: 'TRANSACTIONS', filter, ...fields });
  };
  const url = async (id: unknown) => (await caller.request('GET', `/reports/${String(id)}`)).body.url;
  const report = async (fields: object): Promise<Row[]> => {
    const { body } = await request(fields);
    await caller.advance(1_000);
    return parse<Row>(await (await fetch(String(await url(body.id)))).text(), { columns: true });
  };

  it('list a payout from its claim on, with its fee once it is paid', async () => {
    const { id } = await caller.create({ external_id: 'order-1' });
    expect((await transactions()).data).toEqual([]);
    const link = await caller.claim(id);
    const { data } = await transactions();
    expect(data).toMatchObject([
      {
        id: expect.stringMatching(/^txn_/),
        product_id: link.disbursement_id,
        reference_id: 'order-1',
        type: 'DISBURSEMENT',
        status: 'PENDING',
        settlement_status: 'PENDING',
        cashflow: 'MONEY_OUT',
        currency: 'IDR',
        amount: 23_000,
        net_amount: 23_000,
        created: link.claimed_timestamp,
        fee: { xendit_fee: 0, value_added_tax: 0 },
      },
    ]);
    await caller.advance(1_000);
    expect((await transactions()).data).toMatchObject([
      { status: 'SUCCESS', settlement_status: 'SETTLED', net_amount: 28_550, fee: { xendit_fee: 5_000 } },
    ]);
  });

  it('take the fees of a success from the balance, and keep them when it is reversed', async () => {
    await claimed('paid');
    await claimed('failed', '121212');
    await claimed('reversed', '654321');
    await caller.advance(1_000);
    expect(await balance()).toBe(10_000_000_000 - 2 * (23_000 + 5_550));
    await caller.advance(3 * 60_000);
    expect(await balance()).toBe(10_000_000_000 - 23_000 - 2 * 5_550);
    const states = (await transactions()).data.map(({ reference_id, status, settlement_status }) => [
      reference_id,
      status,
      settlement_status,
    ]);
    const inOrder = states.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1));
    expect(inOrder).toEqual([
      ['failed', 'FAILED', null],
      ['paid', 'SUCCESS', 'SETTLED'],
      ['reversed', 'REVERSED', 'SETTLED'],
    ]);
  });

  it('have no transaction of a link that was locked, voided or never claimed', async () => {
    const locked = await caller.create();
    for (let attempt = 0; attempt < 3; attempt += 1)
      await caller.submit(locked.id, {
        passcode: 'wrong',
        bank_code: 'BCA',
        account_number: '1',
        account_holder_name: 'A',
      });
    const voided = await caller.create();
    await caller.post(`/payouts/${voided.id}/void`, {});
    await caller.create();
    await caller.advance(4 * DAY_MS);
    expect((await transactions()).data).toEqual([]);
  });

  it('filter, and list newest first in pages', async () => {
    for (let number = 1; number <= 5; number += 1) {
      await claimed(`order-${number}`, number === 2 ? '121212' : undefined);
      await caller.advance(60_000);
    }
    const names = ({ data }: Page) => data.map(({ reference_id }) => reference_id);
    const first = await transactions('?limit=2');
    expect([names(first), first.has_more]).toEqual([['order-5', 'order-4'], true]);
    const rest = await transactions(`?limit=3&after_id=${first.data[1]!.id}`);
    expect([names(rest), rest.has_more, rest.links]).toEqual([['order-3', 'order-2', 'order-1'], false, []]);
    expect(names(await transactions('?statuses=FAILED'))).toEqual(['order-2']);
    expect(names(await transactions('?types=BATCH_DISBURSEMENT'))).toEqual([]);
    const [, , third] = (await transactions()).data;
    expect(names(await transactions(`?product_id=${String(third!.product_id)}`))).toEqual(['order-3']);
    expect(names(await transactions('?reference_id=order-4'))).toEqual(['order-4']);
    const from = encodeURIComponent(String(third!.created));
    expect(names(await transactions(`?created[gte]=${from}`))).toEqual(['order-5', 'order-4', 'order-3']);
    expect(names(await transactions(`?created[lte]=${from}`))).toEqual(['order-3', 'order-2', 'order-1']);
    const refused = await caller.request('GET', '/transactions?limit=0&statuses=PAID&created[gte]=today');
    expect([refused.status, refused.body.errors]).toMatchObject([
      400,
      [{ path: 'created[gte]' }, { path: 'statuses' }, { path: 'limit' }],
    ]);
  });

  it('are written as a report that is ready within two seconds, and gone after a day', async () => {
    await claimed('order-1');
    const { status, body } = await request({ report_version: 'VERSION_2' });
    expect([status, body]).toMatchObject([200, { status: 'PENDING', type: 'TRANSACTIONS', format: 'CSV' }]);
    expect(await url(body.id)).toBeUndefined();
    await caller.advance(2_000);
    const file = String(await url(body.id));
    expect(new URL(file).origin).toBe(sandbox.url);
    const response = await fetch(file);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
    expect(await response.text()).toContain('order-1');
    const other = new SandboxCaller(sandbox, {}, 'xnd_development_other');
    expect((await other.request('GET', `/reports/${String(body.id)}`)).status).toBe(404);
    await caller.advance(DAY_MS);
    expect((await fetch(file)).status).toBe(404);
  });

  it.each([
    ['VERSION_2', ['Total Fee', 'Total VAT', 'Product ID', 'Settlement Status'], ['Fee', 'Payment ID']],
    ['VERSION_1', ['Fee', 'VAT', '3rd Party WHT', 'Payment ID', 'Settlement Status'], ['Product ID']],
    ['VERSION_0', ['Fee', 'Payment ID', 'Timestamp - Settled'], ['Settlement Status', 'Total Fee']],
  ])('write the Transactions report in %s', async (version, present, absent) => {
    await claimed('order-1');
    await caller.advance(1_000);
    const [row] = await report({ report_version: version });
    expect(row).toMatchObject({
      Status: 'SUCCESS',
      Type: 'DISBURSEMENT',
      Amount: '23000',
      'Net Amount': '28550',
      Reference: 'order-1',
      Timezone: '+0000 UTC',
    });
    expect(row).toMatchObject(Object.fromEntries(present.map((name) => [name, expect.any(String)])));
    for (const name of absent) expect(row).not.toHaveProperty(name);
  });

  it('write the Balance report: a line for each movement, and the balance after it', async () => {
    await claimed('paid');
    await caller.advance(1_000);
    await claimed('reversed', '654321');
    await caller.advance(3 * 60_000);
    const rows = await report({ type: 'BALANCE_HISTORY' });
    expect(rows.map((row) => [row.Reference, row['Line Type'], row['Debit or Credit'], row.Amount])).toEqual([
      ['paid', 'TRANSACTION', 'DEBIT', '23000'],
      ['paid', 'FEE', 'DEBIT', '5000'],
      ['paid', 'VAT', 'DEBIT', '550'],
      ['reversed', 'TRANSACTION', 'DEBIT', '23000'],
      ['reversed', 'FEE', 'DEBIT', '5000'],
      ['reversed', 'VAT', 'DEBIT', '550'],
      ['reversed', 'TRANSACTION_REVERSAL', 'CREDIT', '23000'],
    ]);
    expect(Number(rows.at(-1)!.Balance)).toBe(await balance());
  });

  it('show a report as of when it was asked for, within its time', async () => {
    await claimed('old');
    await caller.advance(3 * DAY_MS);
    await claimed('new');
    const { body } = await request();
    await caller.advance(1_000);
    await claimed('late');
    const rows = parse<Row>(await (await fetch(String(await url(body.id)))).text(), { columns: true });
    expect(rows.map((row) => [row.Reference, row.Status])).toEqual([['new', 'PENDING']]);
  });

  it('refuse reports of other kinds and times, naming what is wrong', async () => {
    const filter = { from: '2026-01-01T00:00:00Z', to: '2026-04-03T00:00:00Z' };
    expect((await request({ filter })).body).toMatchObject({ errors: [{ path: 'filter' }] });
    expect((await request({ filter: { from: 'today' } })).body).toMatchObject({
      error_code: 'API_VALIDATION_ERROR',
      errors: [{ path: 'filter.from' }, { path: 'filter.to' }],
    });
    expect((await request({ type: 'UPCOMING_TRANSACTIONS' })).body.error_code).toBe('FEATURE_NOT_AVAILABLE');
    expect((await request({ type: 'OTHER', report_version: 'VERSION_9' })).body).toMatchObject({
      errors: [{ path: 'type' }, { path: 'report_version' }],
    });
    const refused = await fetch(`${sandbox.url}/reports/x`, {
      headers: { authorization: basic('nonsense') },
    });
    expect(refused.status).toBe(401);
  });

  it('show planted transactions: a foreign one, a second one, and none that is hidden', async () => {
    await claimed('order-1');
    const [own] = (await transactions()).data;
    const foreign = await plant({ referenceId: 'other-1', amount: 40_000 });
    const second = await plant({ duplicateOf: own!.id });
    expect(second).toMatchObject({ reference_id: 'order-1', amount: 23_000 });
    expect([second.id, second.product_id]).not.toContain(own!.id);
    expect(second.product_id).not.toBe(own!.product_id);
    expect(await balance()).toBe(10_000_000_000 - 2 * 23_000 - 40_000 - 5_550);
    await plant({ hide: own!.id });
    const ids = (await transactions()).data.map(({ id }) => id);
    expect(ids.toSorted()).toEqual([foreign.id, second.id].toSorted());
    await plant({ apiKey: 'xnd_development_other', referenceId: 'b', amount: 1, status: 'REVERSED' });
    const other = new SandboxCaller(sandbox, {}, 'xnd_development_other');
    expect((await other.request('GET', '/transactions')).body).toMatchObject({
      data: [{ status: 'REVERSED' }],
    });
    for (const body of [
      {},
      { referenceId: 'x' },
      { hide: own!.id, duplicateOf: own!.id },
      { amount: 1, hide: 'x' },
    ])
      expect((await caller.post('/_sandbox/transactions', body)).status).toBe(400);
    expect((await caller.post('/_sandbox/transactions', { status: 'PAID', referenceId: 'x' })).status).toBe(
      400,
    );
    expect((await caller.post('/_sandbox/transactions', { hide: 'unknown' })).status).toBe(404);
  });

  it('survive a restart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sandbox-'));
    const data = join(folder, 'state.json');
    const first = await startSandbox({ data });
    const before = new SandboxCaller(first);
    await before.control('transactions', { referenceId: 'other-1', amount: 40_000 });
    const { id } = await before.control('transactions', { referenceId: 'other-2', amount: 50_000 });
    await before.control('transactions', { hide: id });
    const filter = { from: new Date(Date.now() - DAY_MS), to: new Date(Date.now() + DAY_MS) };
    const { body } = await before.post('/reports', { type: 'TRANSACTIONS', filter });
    await first.close();
    const second = await startSandbox({ data });
    const after = new SandboxCaller(second);
    await after.advance(1_000);
    const { data: listed } = (await after.request('GET', '/transactions')).body as unknown as Page;
    expect(listed).toMatchObject([{ reference_id: 'other-1' }]);
    const ready = await after.request('GET', `/reports/${String(body.id)}`);
    expect(await (await fetch(String(ready.body.url))).text()).toContain('other-1');
    await second.close();
    await rm(folder, { recursive: true });
  });
});
