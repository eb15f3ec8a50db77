import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Demo, DemoStage, type Link } from './demo.stage.js';
import { PageCaller } from './page.caller.js';

describe('the buttons of a link’s page', () => {
  let stage: DemoStage;
  let pages: PageCaller;
  beforeAll(async () => {
    stage = await DemoStage.open();
  });
  beforeEach(() => {
    pages = new PageCaller(stage.demo);
  });
  afterAll(() => stage.close());

  const path = ({ id }: Pick<Link, 'id'>) => `/links/${id}`;

  it('void a link that waits for its recipient, and lead to a page that says so', async () => {
    const link = await stage.demo.create();
    const sent = await pages.submit(path(link), `${path(link)}/void`);
    expect([sent.status, sent.headers.get('location')]).toEqual([303, `${path(link)}?done=void`]);
    expect((await pages.open(sent.headers.get('location')!)).text).toContain('It is void:');
    expect((await stage.demo.link(link.id)).status).toBe('VOIDED');
  });

  it('read the provider and apply its response', async () => {
    const link = await stage.demo.create();
    await stage.provider.control('webhooks', { drop: 1 });
    await stage.provider.claim(link.providerId!, '131313');
    await stage.provider.control('webhooks', { drop: 0 });
    const sent = await pages.submit(path(link), `${path(link)}/refresh`);
    expect(sent.status).toBe(303);
    const { text } = await pages.open(sent.headers.get('location')!);
    expect(text).toMatch(/The provider last responded at .* it is\s+REQUESTED\./s);
  });

  it('send the money again, once, and show both links to each other', async () => {
    const dead = await stage.claimed('999999', 'FAILED');
    const sent = await pages.submit(path(dead), `${path(dead)}/reissue`, { reason: 'account fixed' });
    expect(sent.status).toBe(303);
    const { text } = await pages.open(sent.headers.get('location')!);
    expect(text).toContain(`This payout link replaces ${dead.externalId}.`);
    expect(text).toContain('account fixed');
    expect(text).toContain(`<a href="${path(dead)}">${dead.externalId}</a>`);

    const old = (await pages.open(path(dead))).text;
    expect(old).toMatch(/What to do: nothing, it was replaced<[^]*<a href="\/links\/[^"]+">[^<]+-r1<\/a>/);
    expect(old).not.toContain('What to do: Send it again');
    expect(old).toContain(`It was replaced already: the last link of its chain is ${dead.externalId}-r1.`);
    expect(old).not.toContain('/reissue"');
    const form_token = await pages.token(path(dead));
    const again = await pages.send(`${path(dead)}/reissue`, { form_token, reason: 'twice' });
    expect(again.status).toBe(409);
    expect(again.text).toContain('it was replaced already');
  });

  it('require a reason, and show the submitted values again', async () => {
    const dead = await stage.claimed('121212', 'FAILED');
    const sent = await pages.submit(path(dead), `${path(dead)}/reissue`, { reason: ' ', force: 'yes' });
    expect(sent.status).toBe(400);
    expect(sent.text).toContain('role="alert"');
    expect(sent.text).toMatch(/aria-describedby="reason-error reason-hint"\s+aria-invalid="true"/);
    expect(sent.text).toContain('id="reason-error"');
    expect(sent.text).toMatch(/name="force"[^>]*checked/);
    expect((await stage.demo.link(dead.id)).status).toBe('FAILED');
  });

  it('do not send again against the advice without force', async () => {
    const dead = await stage.claimed('121212', 'FAILED');
    const page = await pages.open(path(dead));
    expect(page.text).toContain('Advised against: the advice is DO_NOT_RETRY');
    const refused = await pages.submit(path(dead), `${path(dead)}/reissue`, { reason: 'really' });
    expect(refused.status).toBe(409);
    expect(refused.text).toContain(
      'Not done. The payout link cannot be reissued: the advice is DO_NOT_RETRY',
    );
    const done = await pages.submit(path(dead), `${path(dead)}/reissue`, { reason: 'really', force: 'yes' });
    expect(done.status).toBe(303);
  });

  it('cancel an automatic reissue for a reason, and show it until then beside the balance', async () => {
    const dead = await stage.claimed('123456', 'FAILED');
    await stage.plan(dead);
    expect((await stage.demo.link(dead.id)).advice).toMatchObject({
      automaticAt: '2030-01-31T02:00:00.000Z',
    });
    const { text } = await pages.open(path(dead));
    expect(text).toContain('What to do: nothing, it is sent again automatically');
    expect(text).toMatch(/2030-01-31 09:00:00<\/time>\s+\(attempt\s+2\s+of\s+3\)/);
    expect(text).toMatch(/Balance of the account<[^]*Rp 9\.\d{3}\.\d{3}\.\d{3}</);

    const unexplained = await pages.submit(path(dead), `${path(dead)}/cancel-plan`, { reason: ' ' });
    expect(unexplained.status).toBe(400);
    expect(unexplained.text).toContain('id="cancel-reason-error"');
    const sent = await pages.submit(path(dead), `${path(dead)}/cancel-plan`, { reason: 'paid in cash' });
    expect(sent.status).toBe(303);
    const after = await pages.open(sent.headers.get('location')!);
    expect(after.text).toContain('It is not sent again automatically');
    expect(after.text).toContain('What to do: Send it again later');
    expect(after.text).not.toContain('cancel-plan"');
    expect((await stage.demo.link(dead.id)).advice).toMatchObject({ automaticAt: null });
    const form_token = await pages.token(path(dead));
    const again = await pages.send(`${path(dead)}/cancel-plan`, { form_token, reason: 'twice' });
    expect([again.status, again.text]).toEqual([409, expect.stringContaining('nothing to cancel')]);
  });

  it('are there only where they can work, with the reason where they cannot', async () => {
    const pending = await stage.demo.create();
    const { text: open } = await pages.open(path(pending));
    expect(open).toContain('/void"');
    expect(open).not.toContain('/reissue"');
    expect(open).toContain('It is PENDING: only a FAILED, EXPIRED, REJECTED, REVERSED or VOIDED payout link');

    const waiting = await stage.claimed('123456', 'FAILED');
    const { text: closed } = await pages.open(path(waiting));
    expect(closed).not.toContain('/void"');
    expect(closed).toContain('It is FAILED: only a PENDING one can be voided.');
    expect(closed).toMatch(
      /It may not be sent again before \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(Asia\/Jakarta\)\./,
    );
  });

  it('show a refusal of the provider as text, with the status that was read then', async () => {
    const link = await stage.demo.create();
    const token = await pages.token(path(link));
    await stage.provider.claim(link.providerId!, '131313');
    const { status, text } = await pages.send(`${path(link)}/void`, { form_token: token });
    expect(status).toBe(409);
    expect(text).toContain('Not done. Only a PENDING payout link can be voided; this one is REQUESTED');
    expect(text).toContain('<span class="status open">REQUESTED</span>');
  });

  it('show that the provider’s rate limit is reached, and until when', async () => {
    const link = await stage.demo.create();
    await stage.fault('GET /payouts/:id', '429', 1, 3_599_001);
    const { status, headers, text } = await pages.submit(path(link), `${path(link)}/refresh`);
    expect([status, headers.get('retry-after')]).toEqual([503, '60']);
    expect(text).toContain('try again in 60 s.');
  });

  it('settle an unknown outcome with the provider’s id', async () => {
    const fields = stage.demo.fields();
    await stage.fault('POST /payouts', '500', 4);
    const { body: link } = await stage.demo.post<Link>('/payout-links', fields);
    expect(link.status).toBe('UNCONFIRMED');
    const wrong = await pages.submit(path(link), `${path(link)}/adopt`, { providerId: 'nothing' });
    expect(wrong.status).toBe(409);
    expect(wrong.text).toContain('value="nothing"');

    const { providerId } = await madeAs(stage, fields);
    const sent = await pages.submit(path(link), `${path(link)}/adopt`, { providerId });
    expect(sent.status).toBe(303);
    expect((await pages.open(sent.headers.get('location')!)).text).toContain('It is settled: PENDING.');
  });

  it('end what the provider never made, with a reason', async () => {
    await stage.fault('POST /payouts', '500', 4);
    const { body: link } = await stage.demo.post<Link>('/payout-links', stage.demo.fields());
    const early = await pages.submit(path(link), `${path(link)}/abandon`, { reason: 'not there' });
    expect(early.status).toBe(409);
    expect(early.text).toContain('its link could still be claimed until');
    expect(early.text).toContain('value="not there"');
    const done = await pages.submit(path(link), `${path(link)}/abandon`, {
      reason: 'not there',
      force: 'yes',
    });
    expect(done.status).toBe(303);
    expect((await pages.open(done.headers.get('location')!)).text).toContain(
      'Abandoned: it counts as never created.',
    );
  });

  it('send again to a corrected address', async () => {
    const dead = await stage.claimed('999999', 'FAILED');
    const wrong = await pages.submit(path(dead), `${path(dead)}/reissue`, {
      reason: 'typo',
      email: 'no-address',
    });
    expect([wrong.status, wrong.text.includes('id="email-error"')]).toEqual([400, true]);
    const sent = await pages.submit(path(dead), `${path(dead)}/reissue`, {
      reason: 'typo',
      email: 'siti.rahayu@example.com',
    });
    expect((await pages.open(sent.headers.get('location')!)).text).toContain('to siti.rahayu@example.com');
  });

  it('respond with a 404 page for an unknown link', async () => {
    const link = await stage.demo.create();
    const sent = await pages.submit(path(link), '/links/nothing/void');
    expect([sent.status, sent.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
    expect(sent.text).toContain('There is no payout link');
  });

  it('show nothing that the link’s state contradicts, whatever the address says', async () => {
    const link = await stage.demo.create();
    for (const done of ['void', 'reissue', 'refreshed', '<b>paid</b>']) {
      const { text } = await pages.open(`${path(link)}?done=${encodeURIComponent(done)}`);
      expect(text).not.toContain('role="status"');
    }
  });
});

describe('a form', () => {
  const KEY = 'a-key-of-the-demo';
  let stage: DemoStage;
  let pages: PageCaller;
  let link: Link;
  beforeAll(async () => {
    stage = await DemoStage.open({ DEMO_API_KEY: KEY });
    pages = new PageCaller(stage.demo);
    link = await stage.demo.create();
  });
  afterAll(() => stage.close());

  const refused = ({ status, text }: { status: number; text: string }) => {
    expect(status).toBe(403);
    expect(text).toContain('<h1>Refused: nothing was done</h1>');
  };

  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' }],
    ['a neighbour', { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:1' }],
    ['another site, by an old browser', { 'sec-fetch-site': '', origin: 'https://elsewhere.example' }],
    ['a frame without an origin', { 'sec-fetch-site': '', origin: 'null' }],
  ])('of %s is refused in words, although the browser sends key and cookie', async (_, headers) => {
    const form_token = await pages.token(`/links/${link.id}`);
    refused(await pages.send(`/links/${link.id}/void`, { form_token }, headers));
    expect((await stage.demo.link(link.id)).status).toBe('PENDING');
  });

  it('without its token, or with one of another cookie, is refused', async () => {
    const theirs = await new PageCaller(stage.demo).token(`/links/${link.id}`);
    await pages.open(`/links/${link.id}`);
    for (const token of [[], [''], [theirs]])
      refused(
        await pages.send(
          `/links/${link.id}/void`,
          Object.fromEntries(token.map((form_token) => ['form_token', form_token])),
        ),
      );
    const withoutCookie = new PageCaller(stage.demo);
    refused(await withoutCookie.send(`/links/${link.id}/void`, { form_token: theirs }));
    for (const action of ['refresh', 'reissue', 'adopt'])
      refused(await pages.send(`/links/${link.id}/${action}`, { reason: 'x', providerId: 'x' }));
    refused(await pages.send('/dead-letters/redrive', {}));
    expect((await stage.demo.link(link.id)).status).toBe('PENDING');
  });

  it('is not shown without the key, which a browser gets as a page', async () => {
    const page = await fetch(`${stage.demo.url}/links/${link.id}`, { headers: { accept: 'text/html' } });
    expect([page.status, page.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(/^Basic/),
    ]);
    expect(await page.text()).toContain('<h1>The key is missing or wrong</h1>');
  });

  it('has a cookie that no script reads and no other site sends', async () => {
    const { headers } = await new PageCaller(stage.demo).open(`/links/${link.id}`);
    expect(headers.get('set-cookie')).toMatch(
      /^payout_links_form=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect((await pages.open(`/links/${link.id}`)).headers.get('set-cookie')).toBeNull();
  });

  it('is still good for another process with the same key', async () => {
    const other = await Demo.open(
      { databaseUrl: stage.database.url, sandbox: stage.sandbox },
      { DEMO_API_KEY: KEY },
    );
    const form_token = await pages.token(`/links/${link.id}`);
    const sent = await pages.at(other).send(`/links/${link.id}/refresh`, { form_token });
    await other.close();
    expect(sent.status).toBe(303);
  });

  it('reaches no route of the API, which takes JSON alone', async () => {
    const authorization = `Bearer ${KEY}`;
    for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain'])
      for (const path of [
        '',
        `/${link.id}/void`,
        `/${link.id}/refresh`,
        `/${link.id}/reissue`,
        `/${link.id}/adopt`,
      ]) {
        const { status, body } = await stage.demo.post(`/payout-links${path}`, '{}', {
          'content-type': type,
          authorization,
        });
        expect([type, path, status, body.error.code]).toEqual([type, path, 400, 'INVALID_PAYOUT_LINK']);
      }
    expect((await stage.demo.link(link.id)).status).toBe('PENDING');
  });

  it('that is too large is refused in words', async () => {
    const { status, text } = await pages.send(`/links/${link.id}/reissue`, { reason: 'x'.repeat(20_000) });
    expect(status).toBe(413);
    expect(text).toContain('<h1>Too much was sent</h1>');
  });
});

/** The provider makes the payout of a create of ours that got no response. */
async function madeAs(stage: DemoStage, fields: Record<string, unknown>): Promise<{ providerId: string }> {
  const { externalId, amount, email } = fields;
  const { id } = await stage.provider.create({ external_id: externalId, amount, email });
  return { providerId: id };
}
