import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PayoutLink } from 'nestjs-payout-links';
import { until } from '../support/until.js';
import { IMPATIENT, LibraryStage } from './library.stage.js';

describe('a replaced link that is paid after all', () => {
  let stage: LibraryStage;
  beforeEach(async () => {
    stage = await LibraryStage.open(IMPATIENT);
  });
  afterEach(() => stage.close());

  /** A link that failed and the one that replaced it. */
  const replaced = async (externalId: string): Promise<[PayoutLink, PayoutLink]> => {
    const link = await stage.create(externalId);
    await stage.claim(link, '999999');
    const failed = await stage.service.refresh(link.id);
    return [failed, await stage.service.reissue(failed.id, { reason: 'the account is open now' })];
  };

  /** From now on the provider says that the link has succeeded. */
  const succeedsLate = ({ providerId }: PayoutLink) => {
    stage.proxy.respondTo = async ({ path }, forward) => {
      const response = await forward();
      if (path !== `/payouts/${providerId}`) return response;
      const body = JSON.parse(response.body) as Record<string, unknown>;
      const { failure_reason: _, failed_timestamp: at, ...rest } = body;
      return {
        ...response,
        body: JSON.stringify({ ...rest, status: 'SUCCEEDED', completed_timestamp: at }),
      };
    };
  };
  const voids = () => stage.requests('POST /payouts/:id/void');
  const statusOf = async ({ id }: PayoutLink) => (await stage.service.get(id)).status;

  it('has its waiting successor voided at once', async () => {
    const [first, second] = await replaced('order');
    succeedsLate(first);
    expect(await stage.service.refresh(first.id)).toMatchObject({ status: 'SUCCEEDED' });
    await until('the successor is void', async () => (await statusOf(second)) === 'VOIDED');
    expect(await stage.payouts()).toMatchObject([{}, { external_id: 'order-r1', status: 'VOIDED' }]);
    expect(await voids()).toBe(1);
  });

  it('has a successor voided that begins to wait afterwards', async () => {
    const [first, second] = await replaced('order');
    // Unknown at first: its create timed out.
    await stage.database.query(
      "UPDATE payout_link SET status = 'UNCONFIRMED', provider_id = NULL, version = version + 1 WHERE id = $1",
      [second.id],
    );
    succeedsLate(first);
    await stage.service.refresh(first.id);
    expect(await statusOf(second)).toBe('UNCONFIRMED');
    expect(await stage.service.adopt(second.id, second.providerId!)).toMatchObject({ status: 'PENDING' });
    await until('the successor is void', async () => (await statusOf(second)) === 'VOIDED');
  });

  it('leaves a successor alone that was claimed meanwhile: the void is refused, the link read, nothing else', async () => {
    const [first, second] = await replaced('order');
    await stage.caller.claim(second.providerId!, '131313');
    succeedsLate(first);
    await stage.service.refresh(first.id);
    await until('the successor is read', async () => (await statusOf(second)) === 'REQUESTED');
    expect(await voids()).toBe(1);
  });

  it('is found by a process that starts later', async () => {
    const [first, second] = await replaced('order');
    // Recorded by a process that was killed before it could do anything else.
    await stage.database.query("UPDATE payout_link SET status = 'SUCCEEDED' WHERE id = $1", [first.id]);
    await stage.another(IMPATIENT);
    await until('the successor is void', async () => (await statusOf(second)) === 'VOIDED');
  });
});
