import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { LibraryStage } from './library.stage.js';

const PERSON = 'siti.rahma@example.com';

describe('forget', () => {
  let stage: LibraryStage;
  beforeEach(async () => {
    stage = await LibraryStage.open();
  });
  afterEach(() => stage.close());

  const everything = async (): Promise<string> => {
    const tables = await stage.database.query<{ name: string }>(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_name LIKE 'payout_link%'",
    );
    const dumps: unknown[] = [];
    for (const { name } of tables)
      dumps.push(await stage.database.query(`SELECT row_to_json(t)::text AS row FROM ${name} t`));
    return JSON.stringify(dumps);
  };
  const failed = async (externalId: string, email: string) => {
    const link = await stage.service.create({
      externalId,
      amount: 50_000,
      email,
      metadata: { note: `for ${email}` },
    });
    await stage.claim(link, '121212');
    return stage.service.refresh(link.id);
  };

  it('redacts links, histories, deliveries and reasons of the address in any case, and keeps all else', async () => {
    const link = await failed('order-1', PERSON);
    const other = await failed('order-2', 'budi@example.com');
    await stage.service.writeOff(link.id, { reason: `${PERSON} has moved` });
    await stage.deliver({ data: { reference_id: 'order-1', email: PERSON } }, { webhookId: 'about' });
    await stage.deliver(
      { data: { reference_id: 'unknown', email: PERSON.toUpperCase() } },
      { webhookId: 'stray' },
    );
    await until(
      'processed',
      async () => (await stage.count("payout_link_delivery WHERE status = 'RECEIVED'")) === 0,
    );
    expect((await everything()).toLowerCase()).toContain(PERSON);

    expect(await stage.service.forget(PERSON.toUpperCase())).toEqual({ links: 1 });
    expect((await everything()).toLowerCase()).not.toContain(PERSON);
    const after = await stage.service.get(link.id);
    expect(after).toMatchObject({
      email: 'redacted',
      metadata: null,
      payoutUrl: null,
      redactedAt: expect.any(Date),
    });
    const { email: _, metadata: __, payoutUrl: ___, redactedAt: ____, lastReadAt: _____, ...kept } = link;
    expect(after).toMatchObject(kept);
    const history = await stage.service.history(link.id);
    expect(history.map(({ raw }) => raw)).toEqual([null, { redacted: true }, { redacted: true }]);
    expect(await stage.service.get(other.id)).toMatchObject({ email: 'budi@example.com', redactedAt: null });
    expect(await stage.service.forget(PERSON)).toEqual({ links: 0 });
  });

  it('stays so when the provider is read again, and when a webhook about the link arrives', async () => {
    const link = await stage.service.create({ externalId: 'order-1', amount: 50_000, email: PERSON });
    await stage.claim(link, '654321');
    await stage.service.refresh(link.id);
    await stage.service.forget(PERSON);
    await stage.caller.advance(180_000);
    const body = {
      event: 'disbursement.failed',
      data: { id: link.providerId, status: 'REVERSED', email: PERSON },
    };
    await stage.deliver(body);
    await until('reversed', async () => (await stage.service.get(link.id)).status === 'REVERSED');
    await until(
      'processed',
      async () => (await stage.count("payout_link_delivery WHERE status = 'RECEIVED'")) === 0,
    );
    await stage.service.refresh(link.id);
    expect(await everything()).not.toContain(PERSON);
  });

  it('refuses while a link is open or a reissue is planned, naming the links, and what is no address', async () => {
    await stage.create('open-1', { email: PERSON });
    await expect(stage.service.forget(PERSON)).rejects.toMatchObject({
      code: 'INVALID_PAYOUT_LINK',
      message: expect.stringContaining('open-1'),
    });
    for (const email of ['', '%', 'siti', 'siti%@example.com\u0000', 5 as never])
      await expect(stage.service.forget(email)).rejects.toMatchObject({ code: 'INVALID_PAYOUT_LINK' });
    expect(await stage.service.forget('%@example.com')).toEqual({ links: 0 });
  });

  it('leaves webhooks alone that name a longer address, and waits for those that are not processed', async () => {
    await failed('order-1', PERSON);
    await stage.deliver({ data: { external_id: 'stray', email: `a${PERSON}` } }, { webhookId: 'longer' });
    await stage.deliver(
      { data: { external_id: 'stray', email: `${PERSON}.id` } },
      { webhookId: 'longer still' },
    );
    await stage.deliver({ data: { external_id: 'stray', email: PERSON } }, { webhookId: 'own' });
    await until(
      'processed',
      async () => (await stage.count("payout_link_delivery WHERE status = 'RECEIVED'")) === 0,
    );
    await stage.database.query(
      "UPDATE payout_link_delivery SET status = 'RECEIVED', next_attempt_at = now() + interval '1 hour' WHERE delivery_key = 'own'",
    );
    await expect(stage.service.forget(PERSON)).rejects.toMatchObject({
      message: expect.stringContaining('not processed yet'),
    });
    await stage.database.query("UPDATE payout_link_delivery SET status = 'DEAD' WHERE delivery_key = 'own'");
    await stage.service.forget(PERSON);
    const bodies = await stage.database.query<{ body: object }>(
      "SELECT body FROM payout_link_delivery WHERE delivery_key IN ('longer', 'longer still', 'own') ORDER BY delivery_key",
    );
    expect(bodies.map(({ body }) => body)).toEqual([
      { data: { external_id: 'stray', email: `a${PERSON}` } },
      { data: { external_id: 'stray', email: `${PERSON}.id` } },
      { redacted: true },
    ]);
    // Sent again, it is processed with its body.
    await stage.deliver({ data: { external_id: 'stray', email: PERSON } }, { webhookId: 'own' });
    await until(
      'unmatched',
      async () =>
        (await stage.count(
          "payout_link_delivery WHERE delivery_key = 'own' AND status = 'UNMATCHED' AND external_id = 'stray'",
        )) === 1,
    );
  });

  it('holds for a reissue and a create that were under way', async () => {
    const link = await failed('order-1', PERSON);
    await stage.database.query("UPDATE payout_link SET last_read_at = last_read_at - interval '2 minutes'");
    let release = () => undefined as void;
    const released = new Promise<void>((done) => (release = done));
    const reads = () => stage.proxy.passed.filter(({ method }) => method === 'GET').length;
    const before = reads();
    stage.proxy.beforeResponse = () => released;
    const reissued = stage.service.reissue(link.id, { reason: 'again', force: true });
    await until('it reads the old link', () => reads() > before);
    await stage.service.forget(PERSON);
    release();
    await expect(reissued).rejects.toMatchObject({ code: 'REISSUE_REFUSED' });
    expect(await stage.count('payout_link')).toBe(1);
  });

  it('leaves no way to send it again but with an address', async () => {
    const link = await failed('order-1', PERSON);
    await stage.service.forget(PERSON);
    const reissue = { reason: 'asked again', force: true };
    await expect(stage.service.reissue(link.id, reissue)).rejects.toMatchObject({
      code: 'REISSUE_REFUSED',
      message: expect.stringContaining('give an email'),
    });
    expect(await stage.service.reissueRefusal(link.id, { force: true })).toContain('give an email');
    await expect(stage.create('order-1', { email: PERSON })).rejects.toMatchObject({
      code: 'DUPLICATE_PAYOUT',
    });
    const next = await stage.service.reissue(link.id, { ...reissue, email: 'new@example.com' });
    expect(next).toMatchObject({ email: 'new@example.com', status: 'PENDING', attempt: 2 });
  });
});
