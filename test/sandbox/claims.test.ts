import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from 'payout-links-sandbox';
import { SandboxCaller, type Link } from './sandbox.caller.js';

const DAY_MS = 24 * 60 * 60_000;

describe('a claim', () => {
  let sandbox: Sandbox;
  let caller: SandboxCaller;

  beforeAll(async () => {
    sandbox = await startSandbox();
    caller = new SandboxCaller(sandbox);
  });
  beforeEach(() => caller.control('reset', {}));
  afterAll(() => sandbox.close());

  async function claimed(accountNumber: string): Promise<{ requested: Link; end: Link }> {
    const { id } = await caller.create();
    const requested = await caller.claim(id, accountNumber);
    await caller.advance(1_000);
    return { requested, end: await caller.read(id) };
  }

  it('is REQUESTED first and SUCCEEDED within a second', async () => {
    const { requested, end } = await claimed('1234567890');
    expect(requested).toMatchObject({
      status: 'REQUESTED',
      bank_code: 'BCA',
      account_number: '1234567890',
      account_holder_name: 'Sandbox Recipient',
      claimed_timestamp: expect.any(String),
      disbursement_id: expect.any(String),
    });
    expect(requested).not.toHaveProperty('completed_timestamp');
    expect(end).toEqual({ ...requested, status: 'SUCCEEDED', completed_timestamp: expect.any(String) });
    const took = Date.parse(String(end.completed_timestamp)) - Date.parse(String(end.claimed_timestamp));
    expect(took).toBeLessThan(1_000);
  });

  it('comes to its end by itself', async () => {
    const { id } = await caller.create();
    await caller.claim(id);
    let link = await caller.read(id);
    while (link.status === 'REQUESTED') link = await caller.read(id);
    expect(link.status).toBe('SUCCEEDED');
  });

  it.each([
    ['123456', 'TEMPORARY_TRANSFER_ERROR'],
    ['999999', 'REJECTED_BY_CHANNEL'],
    ['121212', 'INVALID_DESTINATION'],
    ['111111', 'DESTINATION_MAXIMUM_LIMIT'],
    ['222222', 'TRANSFER_ERROR'],
    ['333333', 'DESTINATION_UNDER_REVIEW'],
    ['444444', 'INSUFFICIENT_BALANCE'],
  ])('for account %s fails with %s', async (accountNumber, code) => {
    const { requested, end } = await claimed(accountNumber);
    expect(requested.status).toBe('REQUESTED');
    expect(end).toMatchObject({
      status: 'FAILED',
      failure_reason: code,
      failed_timestamp: expect.any(String),
    });
    expect(end).not.toHaveProperty('completed_timestamp');
  });

  it('for account 131313 stays REQUESTED', async () => {
    const { requested } = await claimed('131313');
    await caller.advance(30 * DAY_MS);
    expect((await caller.read(requested.id)).status).toBe('REQUESTED');
  });

  it('for account 654321 succeeds and is reversed two minutes later', async () => {
    const { requested, end } = await claimed('654321');
    expect(end.status).toBe('SUCCEEDED');
    await caller.advance(118_000);
    expect((await caller.read(requested.id)).status).toBe('SUCCEEDED');
    await caller.advance(2_000);
    expect((await caller.read(requested.id)).status).toBe('REVERSED');
  });

  it('cannot be made of a link that is claimed, voided, expired or unknown', async () => {
    const attempt = (id: string) => caller.post('/_sandbox/claims', { id, accountNumber: '1' });
    const [taken, voided, expired] = [await caller.create(), await caller.create(), await caller.create()];
    await caller.claim(taken.id);
    await caller.request('POST', `/payouts/${voided.id}/void`);
    await caller.advance(3 * DAY_MS);
    expect((await caller.read(expired.id)).status).toBe('EXPIRED');
    for (const { id } of [taken, voided, expired]) expect((await attempt(id)).status).toBe(409);
    expect((await attempt('unknown')).status).toBe(404);
  });

  it('is in time until the last millisecond before expiry', async () => {
    const link = await caller.create();
    const expiresAt = Date.parse(String(link.expiration_timestamp));
    await caller.control('clock', { now: new Date(expiresAt - 60_000).toISOString() });
    expect((await caller.read(link.id)).status).toBe('PENDING');
    await caller.control('clock', { now: new Date(expiresAt).toISOString() });
    const expired = await caller.read(link.id);
    expect(expired).toMatchObject({ status: 'EXPIRED', id: link.id });
    expect(expired).not.toHaveProperty('failure_reason');
  });
});

describe('the claim page', () => {
  let sandbox: Sandbox;
  let caller: SandboxCaller;

  beforeAll(async () => {
    sandbox = await startSandbox();
    caller = new SandboxCaller(sandbox);
  });
  beforeEach(() => caller.control('reset', {}));
  afterAll(() => sandbox.close());

  const recipient = {
    bank_code: 'BRI',
    account_number: '0987 6543-21',
    account_holder_name: 'Siti <b>"Rahma"</b> & Co',
  };
  const page = async (id: string) => String((await caller.request('GET', `/web/${id}`)).body.text);

  async function invited() {
    const link = await caller.create();
    const email = (await caller.emails()).find(({ payoutId }) => payoutId === link.id);
    return { link, passcode: email?.passcode ?? '' };
  }
  const other = (passcode: string) => (passcode === '000000' ? '000001' : '000000');

  it('asks for what a claim needs, without scripts', async () => {
    const { link } = await invited();
    const { status, headers, body } = await caller.request('GET', new URL(link.payout_url).pathname);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).not.toContain('script-src');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    const html = String(body.text);
    expect(html).toContain('Rp 23.000');
    for (const name of ['passcode', 'bank_code', 'account_number', 'account_holder_name']) {
      expect(html).toContain(`<label for="${name}">`);
      expect(html).toMatch(new RegExp(`<(input|select) id="${name}" name="${name}"`));
    }
    expect(html).not.toContain('<script');
  });

  it('takes the claim of the recipient who knows the passcode', async () => {
    const { link, passcode } = await invited();
    const response = await caller.submit(link.id, { passcode, ...recipient });
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe(`/web/${link.id}?claimed`);
    expect(await page(link.id)).toContain('On its way');
    expect(await caller.read(link.id)).toMatchObject({
      status: 'REQUESTED',
      bank_code: 'BRI',
      account_number: '0987654321',
      account_holder_name: recipient.account_holder_name,
    });

    await caller.advance(1_000);
    const paid = await page(link.id);
    expect(paid).toContain('Paid');
    expect(paid).toContain('Siti &lt;b&gt;&quot;Rahma&quot;&lt;/b&gt; &amp; Co');
    expect(paid).toContain('••••••4321');
    expect(paid).not.toContain('0987654321');
  });

  it('leads to a page that waits for the bank, a little', async () => {
    const { link, passcode } = await invited();
    const { headers } = await caller.submit(link.id, { passcode, ...recipient });
    const next = await caller.request('GET', headers.get('location')!);
    expect(String(next.body.text)).toContain('Paid');

    const stays = await invited();
    const sent = await caller.submit(stays.link.id, {
      passcode: stays.passcode,
      ...recipient,
      account_number: '131313',
    });
    const waited = await caller.request('GET', sent.headers.get('location')!);
    expect(String(waited.body.text)).toContain('On its way');
  });

  it('shows errors beside their fields and keeps the submitted values, but not the passcode', async () => {
    const { link, passcode } = await invited();
    const { status, body } = await caller.submit(link.id, {
      ...recipient,
      passcode,
      bank_code: 'NO_BANK',
      account_number: '12x"',
    });
    expect(status).toBe(422);
    const html = String(body.text);
    expect(html).toContain('id="bank_code-error"');
    expect(html).toContain('id="account_number-error"');
    expect(html).not.toContain('id="passcode-error"');
    expect(html).toContain('value="12x&quot;"');
    expect(html).not.toContain(passcode);
    expect((await caller.read(link.id)).status).toBe('PENDING');
  });

  it('locks the link at the third wrong passcode', async () => {
    const { link, passcode } = await invited();
    const wrong = { ...recipient, passcode: other(passcode) };
    expect(String((await caller.submit(link.id, wrong)).body.text)).toContain('2 tries left');
    expect(String((await caller.submit(link.id, wrong)).body.text)).toContain('1 try left');
    expect((await caller.submit(link.id, wrong)).status).toBe(303);
    expect(await caller.read(link.id)).toMatchObject({
      status: 'FAILED',
      failure_reason: 'RECIPIENT_LOCKED_OUT',
      failed_timestamp: expect.any(String),
    });
    expect(await page(link.id)).toContain('Locked');

    await caller.submit(link.id, { ...recipient, passcode });
    expect((await caller.read(link.id)).status).toBe('FAILED');
  });

  it('can still be used after two wrong passcodes', async () => {
    const { link, passcode } = await invited();
    const wrong = { ...recipient, passcode: other(passcode) };
    await caller.submit(link.id, wrong);
    await caller.submit(link.id, wrong);
    await caller.submit(link.id, { ...recipient, passcode });
    expect((await caller.read(link.id)).status).toBe('REQUESTED');
  });

  it('shows the final state of a link that cannot be claimed any more', async () => {
    const [voided, expired, failed] = [await caller.create(), await caller.create(), await caller.create()];
    await caller.request('POST', `/payouts/${voided.id}/void`);
    await caller.claim(failed.id, '121212');
    await caller.advance(3 * DAY_MS);
    expect(await page(voided.id)).toContain('Cancelled');
    expect(await page(expired.id)).toContain('Expired');
    expect(await page(failed.id)).toContain('INVALID_DESTINATION');
    const unknown = await caller.request('GET', '/web/unknown');
    expect(unknown.status).toBe(404);
    expect(String(unknown.body.text)).toContain('Link not found');
    expect((await caller.submit('unknown', {})).status).toBe(404);
  });
});
