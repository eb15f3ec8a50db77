import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Link } from '../demo/demo.stage.js';
import { DemoStage } from '../demo/demo.stage.js';
import { describeInBrowser } from '../support/chromium.js';
import { BrowserStage } from './browser.stage.js';

const BATCH = 'ab12'.repeat(16);

describeInBrowser('the operations pages, on a phone and on a desk, light and dark', () => {
  let stage: DemoStage;
  let browser: BrowserStage;
  let links: Record<string, Link>;
  beforeAll(async () => {
    [stage, browser] = await Promise.all([DemoStage.open(), BrowserStage.open()]);
    links = await everyKindOfLink(stage);
    await healthTroubles(stage, links.paid!);
  });
  afterAll(async () => {
    await browser?.close();
    await stage?.close();
  });

  it.each([
    ['list', () => '/'],
    ['list-found', () => '/?status=FAILED&q=siti'],
    ['list-page', () => '/?q=@'],
    ['list-nothing', () => '/?q=unknown'],
    ['list-batch', () => `/?batchId=${BATCH}`],
    ['link-pending', () => `/links/${links.pending!.id}?done=refresh`],
    ['link-failed', () => `/links/${links.failed!.id}`],
    ['link-waiting', () => `/links/${links.waiting!.id}`],
    ['link-planned', () => `/links/${links.planned!.id}`],
    ['link-replaced', () => `/links/${links.replaced!.id}`],
    ['link-successor', () => `/links/${links.successor!.id}?done=reissue`],
    ['link-unconfirmed', () => `/links/${links.unconfirmed!.id}`],
    ['dead-letters', () => '/dead-letters?done=redrive'],
    ['deliveries', () => '/deliveries'],
    ['error', () => '/links/nothing'],
  ])('can be read and used by all people: %s', async (name, path) => {
    expect(await browser.faults(name, (page) => page.goto(stage.demo.url + path()))).toEqual([]);
  });

  it('the OpenAPI page shows a route with its examples, within its own policy', async () => {
    const page = await browser.window({ javaScriptEnabled: true, viewport: { width: 360, height: 900 } });
    const problems: string[] = [];
    page.on('console', (message) => problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(`${stage.demo.url}/docs`);
    await page
      .getByRole('button', { name: /post ​?\/payout-links\b.*Create/i })
      .first()
      .click();
    await page.locator('option', { hasText: 'INSUFFICIENT_BALANCE' }).waitFor({ state: 'attached' });
    await page.getByText('refund-2026-0001').first().waitFor();
    await browser.keep(page, 'docs');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    expect(problems).toEqual([]);
    await page.context().close();
  });
});

/** A link in each state that a page treats differently. */
async function everyKindOfLink(stage: DemoStage): Promise<Record<string, Link>> {
  const { demo } = stage;
  const long = `an-external-id-${'of-many-words-'.repeat(15)}`;
  const unconfirmedFields = demo.fields();
  await stage.fault('POST /payouts', '500', 4);
  const { body: unconfirmed } = await demo.post<Link>('/payout-links', unconfirmedFields);
  const paid = await stage.claimed('1234567890', 'SUCCEEDED');
  const failed = await stage.claimed('121212', 'FAILED');
  const waiting = await stage.claimed('123456', 'FAILED');
  const planned = await stage.claimed('123456', 'FAILED');
  await stage.plan(planned);
  const replaced = await stage.claimed('999999', 'FAILED');
  const { body: successor } = await demo.post<Link>(`/payout-links/${replaced.id}/reissue`, {
    reason: 'fixed',
  });
  const voided = await demo.create({ email: `${'very.'.repeat(12)}long@example.com` });
  await demo.post(`/payout-links/${voided.id}/void`);
  const metadata = { batchId: BATCH };
  const pending = await demo.create({ externalId: long, amount: 9_999_999_999 - 20_000_000, metadata });
  return { unconfirmed, paid, failed, waiting, planned, replaced, successor, voided, pending };
}

async function healthTroubles(
  { database, demo, sandbox }: DemoStage,
  { id, externalId }: Link,
): Promise<void> {
  await demo.post(
    '/webhooks/xendit/payout-links',
    { event: 'disbursement.completed', data: { id: 'x', reference_id: 'made-elsewhere' } },
    { 'x-callback-token': sandbox.webhookToken },
  );
  await database.query(
    `INSERT INTO payout_link_delivery (account, delivery_key, event, body, status, attempts, next_attempt_at, last_error,
       received_count, received_at, last_received_at)
     VALUES ('default', 'x', 'disbursement.failed', '{"external_id":"${externalId}"}', 'DEAD', 5, now(),
       'the provider’s response is behind what the delivery claims', 3, now(), now())`,
  );
  await database.query(
    "INSERT INTO payout_link_handler (name, statuses, last_seen_at) VALUES ('Mails.sent', '{FAILED}', now())",
  );
  await database.query(
    `INSERT INTO payout_link_outbox (handler, payout_link_id, seq, status, attempts, next_attempt_at, last_error, created_at)
     VALUES ('ARatherLongNameOfSomeProvider.aHandlerWithALongNameToo', '${id}', 3, 'DEAD', 8, now(),
       'connect ECONNREFUSED 10.0.0.7:5432', now())`,
  );
}
