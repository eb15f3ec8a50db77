import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { DemoStage } from './demo.stage.js';
import { PageCaller } from './page.caller.js';

let stage: DemoStage;
let pages: PageCaller;
beforeAll(async () => {
  stage = await DemoStage.open();
  pages = new PageCaller(stage.demo);
});
afterAll(() => stage.close());

describe('the page of dead letters', () => {
  /** As if a handler had failed for the last time. */
  const giveUp = async (handler: string, lastError: string) => {
    const { id, externalId } = await stage.demo.create();
    await stage.database.query(
      `INSERT INTO payout_link_handler (name, statuses, last_seen_at) VALUES ('${handler}', '{FAILED}', now()) ON CONFLICT DO NOTHING`,
    );
    await stage.database.query(
      `INSERT INTO payout_link_outbox (handler, payout_link_id, seq, status, attempts, next_attempt_at, last_error, created_at)
       VALUES ('${handler}', '${id}', 2, 'DEAD', 8, now(), '${lastError}', now())`,
    );
    return externalId;
  };
  const dead = async () =>
    (
      await stage.database.query<{ handler: string }>(
        "SELECT handler FROM payout_link_outbox WHERE status = 'DEAD' ORDER BY handler",
      )
    ).map(({ handler }) => handler);

  it('says so when there is none', async () => {
    const { text } = await pages.open('/dead-letters');
    expect(text).toContain('There are no dead letters.');
    expect(text).not.toContain('<form');
  });

  it('shows each with its payout link and what went wrong, and redrives those of one handler', async () => {
    const externalId = await giveUp('Refunds.settled', 'the ledger is closed');
    await giveUp('Mails.failed', '<b>no mail</b>');
    const { text } = await pages.open('/dead-letters');
    for (const part of [externalId, 'Refunds.settled', 'the ledger is closed', '&lt;b&gt;no mail&lt;/b&gt;'])
      expect(text).toContain(part);

    const sent = await pages.submit('/dead-letters', '/dead-letters/redrive', { handler: 'Refunds.settled' });
    expect([sent.status, sent.headers.get('location')]).toEqual([303, '/dead-letters?done=redrive']);
    expect((await pages.open(sent.headers.get('location')!)).text).toContain('Queued again.');
    expect(await dead()).toEqual(['Mails.failed']);
  });

  it('redrives all of them', async () => {
    await giveUp('Refunds.settled', 'again');
    expect((await pages.open('/dead-letters')).text).toContain('Redrive all 2');
    await pages.submit('/dead-letters', '/dead-letters/redrive');
    expect(await dead()).toEqual([]);
    expect((await pages.open('/dead-letters')).text).toMatch(/data-name="Waiting"[^>]*>\s*<div>\s*2\s*</);
  });
});

describe('the page of webhooks', () => {
  const deliver = (body: object) =>
    stage.demo.post('/webhooks/xendit/payout-links', body, {
      'x-callback-token': stage.sandbox.webhookToken,
    });

  it('says so when none has arrived', async () => {
    expect((await pages.open('/deliveries')).text).toContain('No webhook has arrived yet.');
  });

  it('shows the oldest waiting delivery, the dead letters and the unmatched ones', async () => {
    const { externalId } = await stage.claimed('1234567890', 'SUCCEEDED');
    await deliver({
      event: 'disbursement.completed',
      data: { id: 'unknown', reference_id: 'made-elsewhere' },
    });
    await until('it is known to be about nothing', async () => {
      const found = await stage.database.query("SELECT FROM payout_link_delivery WHERE status = 'UNMATCHED'");
      return found.length === 1;
    });
    await stage.database.query(
      `INSERT INTO payout_link_delivery (account, delivery_key, event, body, status, attempts, next_attempt_at,
         last_error, received_count, received_at, last_received_at)
       SELECT 'default', status, 'disbursement.failed', body::json, status, attempts, 'infinity', error, 2,
         '2026-01-31T18:30:05Z', '2026-01-31T18:45:05Z'
       FROM (VALUES ('RECEIVED', 0, '{}', NULL),
         ('DEAD', 5, '{"external_id":"${externalId}"}', 'the read is behind')) AS given (status, attempts, body, error)`,
    );
    const { status, text } = await pages.open('/deliveries');
    expect(status).toBe(200);
    expect(text).toMatch(
      /1, the oldest since\s+<time datetime="2026-01-31T18:30:05.000Z">2026-02-01 01:30:05</,
    );
    expect(text).toContain('1 delivery needs attention');
    expect(text).toContain('the read is behind');
    expect(text).toContain(`<a href="/?q=${externalId}">${externalId}</a>`);
    expect(text).toContain('<a href="/?q=made-elsewhere">made-elsewhere</a>');
    expect(text).toMatch(/PROCESSED[^]*data-name="Deliveries"[^>]*>\s*<div>\s*1\s*</);
  });
});

describe('an error on a page', () => {
  const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

  it('is a page for a browser, and JSON for a client that accepts anything', async () => {
    const page = await stage.demo.request('GET', '/links/nothing', { headers: html });
    expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
    expect(page.text).toContain('<h1>Not found</h1>');
    expect((await stage.demo.get('/links/nothing')).body.error.code).toBe('PAYOUT_LINK_NOT_FOUND');
  });

  it('names the parameter that is wrong', async () => {
    const { status, text } = await stage.demo.request('GET', '/?status=<b>', { headers: html });
    expect(status).toBe(400);
    expect(text).toContain('Status: status must be one of');
  });

  it('of the API stays JSON for a browser too', async () => {
    const { body } = await stage.demo.request('GET', '/payout-links/nothing', { headers: html });
    expect(body.error.code).toBe('PAYOUT_LINK_NOT_FOUND');
  });
});
