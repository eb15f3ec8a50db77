import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OnPayoutLink, type PayoutLinkEvent } from 'nestjs-payout-links';
import { startHost, type Host } from '../support/host.js';
import { until } from '../support/until.js';
import { IMPATIENT, LibraryStage } from './library.stage.js';

const events: string[] = [];
class Ledger {
  @OnPayoutLink('*')
  book({ link, to }: PayoutLinkEvent): void {
    events.push(`${link.externalId} ${to}`);
  }
}

describe('importLink', () => {
  let stage: LibraryStage;
  beforeEach(async () => {
    events.length = 0;
    stage = await LibraryStage.open(IMPATIENT);
  });
  afterEach(() => stage.close());

  /** A link that an older system made. */
  const made = (externalId: string, amount = 75_000, email = 'Budi@example.com') =>
    stage.caller.create({ external_id: externalId, amount, email });
  const stored = () => stage.count('payout_link');

  it('takes over an open link, from now on as one of ours', async () => {
    const { id, created } = await made('old-1');
    const link = await stage.service.importLink({
      providerId: id,
      externalId: 'old-1',
      amount: 75_000,
      email: 'budi@example.com',
    });
    expect(link).toMatchObject({
      account: 'default',
      externalId: 'old-1',
      providerId: id,
      amount: 75_000n,
      email: 'Budi@example.com',
      status: 'PENDING',
      importedStatus: 'PENDING',
      providerCreatedAt: new Date(created as string),
      attempt: 1,
    });
    expect(await stage.service.history(link.id)).toMatchObject([
      { from: null, to: 'PENDING', source: 'OPERATOR', raw: { id } },
    ]);
    await stage.claim(link, '1234567890');
    expect(await stage.service.refresh(link.id)).toMatchObject({ status: 'SUCCEEDED' });
    expect(
      await stage.service.create({ externalId: 'old-1', amount: 75_000, email: link.email }),
    ).toMatchObject({
      id: link.id,
    });
    expect(await stage.payouts()).toHaveLength(1);
  });

  it('takes effect when it is recorded, whatever the provider’s times', async () => {
    const { id } = await made('old-2');
    await stage.caller.claim(id, '121212');
    await stage.caller.advance(5_000);
    const before = Date.now();
    const link = await stage.service.importLink({ providerId: id });
    const [change] = await stage.service.history(link.id);
    expect(link).toMatchObject({ status: 'FAILED', failureCode: 'INVALID_DESTINATION' });
    expect(change!.effectiveAt.getTime()).toBeGreaterThan(before - 1_000);
    expect(change!.effectiveAt).toEqual(change!.recordedAt);
  });

  it('notifies no handler of the import, but of every later change', async () => {
    const ledger: Host = await startHost({
      databaseUrl: stage.database.url,
      sandbox: stage.sandbox,
      providers: [Ledger],
    });
    const { id } = await made('old-3');
    const link = await ledger.service.importLink({ providerId: id });
    await stage.claim(link, '1234567890');
    await ledger.service.refresh(link.id);
    await until('the handler is called', () => events.length > 0);
    await ledger.close();
    expect(events).toEqual(['old-3 SUCCEEDED']);
  });

  it('is idempotent, for many callers at once too', async () => {
    const { id } = await made('old-4');
    const other = await stage.another(IMPATIENT);
    const links = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        (index % 2 ? stage.service : other.service).importLink({ providerId: id }),
      ),
    );
    expect(new Set(links.map((link) => link.id)).size).toBe(1);
    expect(await stage.count('payout_link_transition')).toBe(1);
  });

  it('names every given value that differs, of a new link and of a known one, and stores nothing', async () => {
    const { id } = await made('old-5');
    const given = { providerId: id, externalId: 'old-6', amount: 75_001n, email: 'siti@example.com' };
    const error = {
      code: 'INVALID_PAYOUT_LINK',
      errors: [{ field: 'externalId' }, { field: 'amount' }, { field: 'email' }],
    };
    await expect(stage.service.importLink(given)).rejects.toMatchObject(error);
    expect(await stored()).toBe(0);
    await stage.service.importLink({ providerId: id });
    await expect(stage.service.importLink(given)).rejects.toMatchObject(error);
    await expect(stage.service.importLink(given)).rejects.not.toThrow(/budi/i);
  });

  it('needs an e-mail address from the provider or the caller', async () => {
    const { id } = await made('old-7');
    stage.proxy.respondTo = async (_, forward) => {
      const response = await forward();
      const { email: _email, ...body } = JSON.parse(response.body) as { email: string };
      return { ...response, body: JSON.stringify(body) };
    };
    await expect(stage.service.importLink({ providerId: id })).rejects.toMatchObject({
      errors: [{ field: 'email' }],
    });
    expect(await stage.service.importLink({ providerId: id, email: 'budi@example.com' })).toMatchObject({
      email: 'budi@example.com',
    });
  });

  it('does not find what the provider does not have, and stores nothing for a response about another link', async () => {
    await expect(stage.service.importLink({ providerId: 'nowhere' })).rejects.toMatchObject({
      code: 'PAYOUT_LINK_NOT_FOUND',
    });
    const { id } = await made('old-8');
    stage.proxy.respondTo = async (_, forward) => {
      const response = await forward();
      return { ...response, body: response.body.replaceAll(id, 'another-link') };
    };
    await expect(stage.service.importLink({ providerId: id })).rejects.toMatchObject({
      code: 'UNEXPECTED_RESPONSE',
    });
    expect(await stored()).toBe(0);
  });

  it('refuses a link of another account, by name, and an account that is not configured', async () => {
    const accounts = { second: { apiKey: stage.sandbox.apiKey, webhookTokens: [] } };
    const both = await stage.another({ ...IMPATIENT, accounts });
    const { id } = await made('old-9');
    await both.service.importLink({ providerId: id, account: 'second' });
    await expect(stage.service.importLink({ providerId: id })).rejects.toThrow(/account second/);
    await expect(stage.service.importLink({ providerId: id, account: 'third' })).rejects.toMatchObject({
      errors: [{ field: 'account' }],
    });
  });

  describe('a link whose external id one of our creates has', () => {
    it('settles an unconfirmed create by the rules of adopt', async () => {
      await stage.fault('POST /payouts', 'timeout-after', 2);
      const ours = await stage.create('order-1');
      expect(ours.status).toBe('UNCONFIRMED');
      const { id } = (await stage.payouts())[0]!;
      expect(await stage.service.importLink({ providerId: id })).toMatchObject({
        id: ours.id,
        status: 'PENDING',
        providerId: id,
        importedStatus: null,
      });
    });

    it('settles one that was refused as a duplicate', async () => {
      const { id } = await made('order-2', 50_000, 'siti@example.com');
      await expect(stage.create('order-2')).rejects.toMatchObject({ code: 'DUPLICATE_PAYOUT' });
      expect(await stage.service.importLink({ providerId: id })).toMatchObject({
        externalId: 'order-2',
        status: 'PENDING',
      });
      expect(await stored()).toBe(1);
    });

    it('refuses it when the amount is another one', async () => {
      const { id } = await made('order-3', 60_000);
      await expect(stage.create('order-3')).rejects.toMatchObject({ code: 'DUPLICATE_PAYOUT' });
      await expect(stage.service.importLink({ providerId: id })).rejects.toMatchObject({
        code: 'ADOPT_REFUSED',
      });
    });

    it('waits for the result of a create in progress', async () => {
      let release: () => void = () => undefined;
      const held = new Promise<void>((done) => (release = done));
      stage.proxy.beforeResponse = ({ method }) => (method === 'POST' ? held : Promise.resolve());
      const patient = await stage.another();
      const creating = patient.service.create({
        externalId: 'order-4',
        amount: 50_000,
        email: 'siti@example.com',
      });
      const [payout] = await until('it is at the provider', async () => {
        const payouts = await stage.payouts();
        return payouts.length > 0 && payouts;
      });
      const importing = patient.service.importLink({ providerId: payout!.id });
      await until('it reads', () => stage.proxy.passed.some(({ method }) => method === 'GET'));
      release();
      expect((await importing).id).toBe((await creating).id);
    });

    it('refuses it when ours was refused for another reason', async () => {
      stage.proxy.respondTo = async (_, forward) => ({
        ...(await forward()),
        status: 400,
        body: JSON.stringify({ error_code: 'INSUFFICIENT_BALANCE', message: 'no' }),
      });
      await expect(stage.create('order-5')).rejects.toMatchObject({ code: 'INSUFFICIENT_BALANCE' });
      stage.proxy.respondTo = (_, forward) => forward();
      const [payout] = await stage.payouts();
      await expect(stage.service.importLink({ providerId: payout!.id })).rejects.toMatchObject({
        code: 'DUPLICATE_PAYOUT',
      });
      expect(await stored()).toBe(1);
    });

    it('refuses it when ours is another payout', async () => {
      const ours = await stage.create('order-6');
      stage.proxy.respondTo = async (_, forward) => {
        const response = await forward();
        if (response.status !== 404) return response;
        const read = await stage.caller.read(ours.providerId!);
        return { ...response, status: 200, body: JSON.stringify({ ...read, id: 'another-id' }) };
      };
      await expect(stage.service.importLink({ providerId: 'another-id' })).rejects.toMatchObject({
        code: 'DUPLICATE_PAYOUT',
      });
      expect(await stored()).toBe(1);
    });
  });

  it('queues the deliveries about it again that had matched no link', async () => {
    const { id } = await made('old-10');
    await stage.caller.claim(id, '1234567890');
    await stage.caller.advance(1_000);
    const body = {
      event: 'disbursement.completed',
      data: { id, reference_id: 'old-10', amount: 75_000, status: 'SUCCEEDED' },
    };
    await stage.deliver(body, { webhookId: 'about-it' });
    await stage.deliver(
      { ...body, data: { ...body.data, id: 'x', reference_id: 'y' } },
      { webhookId: 'other' },
    );
    await until(
      'both match no link',
      async () => (await stage.count("payout_link_delivery WHERE status = 'UNMATCHED'")) === 2,
    );
    await stage.service.importLink({ providerId: id });
    await until(
      'the delivery is processed',
      async () => (await stage.count("payout_link_delivery WHERE status = 'PROCESSED'")) === 1,
    );
    expect(await stage.service.deliveries('UNMATCHED')).toMatchObject([{ deliveryKey: 'other' }]);
  });

  it('reads a link that was never claimed and is past its expiry as expired, whatever the provider’s word', async () => {
    const { id } = await made('old-11');
    await stage.caller.advance(4 * 24 * 3_600_000);
    stage.proxy.respondTo = async (_, forward) => {
      const response = await forward();
      const body = JSON.parse(response.body) as Record<string, unknown>;
      const expired = new Date(Date.now() - 60_000).toISOString();
      return {
        ...response,
        body: JSON.stringify({ ...body, status: 'VOIDED', expiration_timestamp: expired }),
      };
    };
    expect(await stage.service.importLink({ providerId: id })).toMatchObject({
      status: 'EXPIRED',
      failureCode: 'EXPIRED_UNCLAIMED',
    });
  });

  it('is sent again only with force when it was final by then', async () => {
    const { id } = await made('old-12');
    await stage.caller.claim(id, '999999');
    await stage.caller.advance(1_000);
    const link = await stage.service.importLink({ providerId: id });
    await expect(stage.service.reissue(link.id, { reason: 'again' })).rejects.toThrow(
      'final when it was imported',
    );
    expect(await stage.service.reissue(link.id, { reason: 'checked', force: true })).toMatchObject({
      externalId: 'old-12-r1',
    });
  });
});
